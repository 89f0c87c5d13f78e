/* The three-letter codes of languages. */
#ifndef SLIM_LANGUAGE_CODE_H
#define SLIM_LANGUAGE_CODE_H

/* Whether code, three letters from a to z, is a primary subtag of BCP 47 by ISO 639-3 or 639-5. */
int slim_language_code_is_known(const char *code);

#endif
