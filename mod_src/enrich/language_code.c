/* The three-letter codes of languages and their groups: what has a two-letter code is not among
 * them, nor is what names no language (mul, und). Facts of ISO 639-3 and 639-5, whose codes are the
 * primary subtags of BCP 47. */
#include "language_code.h"

/* By the first letter: groups of a second letter and every third one behind the two. */
static const char *const codes[26] = {
    " aabcdefghiklnopqstuvwxz babcdefghijlmnopqrstuvwxyz cabdefhiklmnpqrstuvwxyz"
    " dabdefghijlnoqrstuwxyz eabcdeklmnqrsuwyz fabdeghiknopstuz gabcdefghijklmnoqrstuvwxyz"
    " habghiklmnoprst iabcdefghijklmnopqrtwxy jaginpsuwz kbcdefghijklmopqrstuvwxyz"
    " lacdefghijklmnopqrstuvwxyz mabcefgijklmnopqrstuvwxyz nabcdefghijklmnopqrstuvwxyz"
    " oabcdefgijklmnrstuxz pabcdefghijklmnopqrstuvwxyz qacdgklmnprtz rbcdehijklnopqrstuvwxyz"
    " sabcefghijklnopqrstuvwxyz tabcdeghijklmnopqrstuvwxyz uabcdfghijklmnopqrstuwxyz"
    " vbdiklmnostuv wabcdeghikmnorstuvwxy xbegklmx yabcdeghiklnopqrstuz zabcdgjmnotz",
    " aabcdefghijlnoprstuvwxy babcdefghijklmnopqrstuvwxy cabcdefghijklmnopqrstuvwyz"
    " dabcdefghijklmnopqrstuvwxyz eabcdefghijkmopqrstuvwxyz fabcdefghijklmnopqrstuwxyz"
    " gabcdefgijklnopqrstuvwxyz habcdefghijlmnopqrstuvwxyz iabdefghklmnopqrtuvwxyz"
    " jabcefghijklmnoprstuvwxyz kacdfghijklmnopqrstuvwxyz labcdefhijklmnopqrstvwxyz"
    " mabcdefghijklmnopqrstuvwxz nabcdefgijklmnopqrstuvwxyz oabefghijklmnopqrtuvwxyz"
    " pacdeghijklmnopqrstuvwxyz qabcdfghijklmnopqrstuvwxyz rabcdfghijklmnopqrstuvwxyz"
    " sabcefghijklmnopqrstuvwxy tacdefghijkmnopqrstuvwxyz uabcdefghijkmnopqstuvwxyz"
    " vabcdefghijklmnopqrtuvwxyz wabcdefghijklmnopqrstuwxyz xabcdefghijklmnopqrsuvwz"
    " yabcdefghijklmnopqrstvwxz zabcdefghijklmnopqrstuvwxyz",
    " aabcdefghijklmnopqrsuvwxyz babcdgijklnoqrstuvwy ccdeghjlmnoprs dacdefhijmnorsyz"
    " eabgklnty fadgm gacgk hbcdfghjklmnopqrtwxyz iabcdehkmnprwy jaehikmnopsvy"
    " kbhlmnoqrstuvxyz lacdehijklmotuwy macegilmnorst nabcghiklopqrstuwx"
    " oabcdefghjklmnopqtuvwxz pabcefginopsuxy qd rabcdfghijklmnopqrstvwxyz"
    " sabcdefghijklmnopqrstuvwxyz tacdeghlmnopstuyz uabchijklopqrstuvwxy vgn wabdegt yabo"
    " zhknot",
    " aacdeghijklmoqrsuvwxyz babdefgijlmnopqrtuvwy ccr dadegijnorsw ecdefghiklmnpqrsvz"
    " gabcdeghiklnorstwxz hdgilmnorsuvwx iabcdfghijklmnopqrsuwxyz jabcdefijkmnoruw kagkrsx"
    " lgkmn mabcdefgklmnorsuvwxy nadegijknortuvwy oabcefhiklnopqrstvwxyz pp rabcdegilnoqstuy"
    " sbehilnoqz tabdhikmnoprstuy uabcefghiklmnopqrsuvwxyz va wakrsuwyz yabdgimnouy zaegln",
    " aa bcgkoru crsy ee faei galmoxy hsu iptv ja kaegiklmopry lehikmoux mabegikmnpqsuwxyz"
    " nabcdfhlmnoqruvwx ot pi raghikorstw seghiklmnoqsuxy tbchnorstuxz uq vehn wo xt yao zae",
    " aabdfghijklmnprtuxyz bl cs er fim gr iaeflprtuw kkv lahilnry mpu nbgi odimnrsx pe qs"
    " rcdkmopqrst sels ubcdefhijmnqrtuvy vr wae",
    " aabcdefghijklmnopqrstuwxyz babdefghijklmnopqrsuvwxyz ccdeflnrt dabcdefghijklmnoqrstux"
    " eabcdfghijklmqsvwxyz fkt gabdegkltuw hacehklnorst iabcdeghilmnpqrstuwxyz jkmnru"
    " kadenopu lbcdhjkloruwy mabdeghlmnqruvwxyz nabcdeghijklmnoqrtuwz"
    " oabcdefghijklmnopqrstuvwxyz paen qainru rabcdghijkmoqrstuvwxyz seglmnopsw tau"
    " uabcdefghiklmnopqrstuwxz vacefjlmnoprsy wabcdefgijmnrtuwx xx yabdefgilmnoryz zain",
    " aabcdefghijklmnopqrsvwxyz babnou cah dnsy eadghim gmw hiry iabdfghijklmortwx ji kaehkns"
    " labdetu mabcdefghijklmnpqrstuvwxyz nadeghijnosu oabcdehijklmoprstvwyz pos racekmoptuwxz"
    " sbhlns tiosux ubcdefghijklmopqrstuvwxyz vceknv waco yawx",
    " ainr babdeghlmnruy cahlr dabcdeirstu fabefkmuy gbeglmnosw hbipw inr jcejnos"
    " keikloprstvwxz labgikmopsuv mailnorsty nbceghjlmnopstz oruw pio quw raehiknoruxy"
    " sacdeghikmnortu tbcdeiklmorstvwxyz um vbv wkmos xcl yaox zhrz",
    " aabcdefhjklmnoqstuxyz beijkmnortuw cst dagt ebehiklnrtu gbeko his iabcdeghilmoqtuvy jer"
    " kamoprsu les mabcdilnrswx nadgijls obdgrsw parx qr rabrtu sl uabcdhiklmnoprstuwy vdn wi"
    " yaey",
    " aabcdefghijkmopqrvwxy babcdeghijklmnopqrstuvwxyz cabcdefghijklmnopqrstuvwxyz"
    " dacdefghijklmnopqrtuwxyz eabcdefghijklmnopqrstuvwxyz fabcdefghijklmnopqrstuvwxyz"
    " gabefgijklmnopqrstuvwxy habcdefghijklnopqrstuvwxyz iabcdefghijlmopqstuvwxyz"
    " jabcdeghijklmnopqrstuvxyz kabcdefghijklmnopqrstuvwxyz labcdefghijklmnopqrstuvwxyz"
    " mabcdefghijklmnopqrstuvwxyz nabcdefgijklmnopqrstuvwxyz oacdefghiklopqstuvwyz"
    " pabcdefghijklmnoqrstuvwxyz qabcdefghijklmnopqrstuvwxyz rabcdefhijklnoprstuvwxyz"
    " sabcdefghijklmnopqrstuvwxyz tabcdefghijklmnopqstuvwxyz ubcdefghijklmnopqstuvwxyz"
    " vabcdefghijklmnopqrtuvwxyz wabcdefghijklmnoprstuvwxyz xabcdfhijkmnopqrstvwxyz"
    " yabcdefghijklmnopqrstuvwxyz zabcdefgiklmnopqrsuvwxyz",
    " aabcdefghijlmnpqrsuwxyz bbcefgijklmnoqrstuvwxyz ccdefhlmpqs dabdghijklmnopq"
    " eabcdefhijklmnopqrstuvwxyz fan gabghiklmnoqrtuz hahilmnpstu iabcdefghjklopqrsuvwxyz"
    " jaeilpwx kabcdehijlmnorstuy labcdefghijklmnpqsux mabcdefghijklnopqruvwxy"
    " nabdghijlmnsuwz oabcefghijklmnopqrstuvwxyz paenox qr racegiklmnortvz"
    " sabcdehilmnoprstvwy tcghinosu uacdefijklmnopqrstuvwyz vaiksu waeghlmostuw xm yagn zhlnz",
    " aabdefgijkmnpqstuvwxz babcdefhijklmnopqrstuvwxyz cabcdefghijklmnopqrstuvwxyz"
    " dabcdefghijklmnpqrstuvwxyz eabcdefhijklmnopqrstuvwyz fabcdefghijklmnopqrstuvwxyz"
    " gabcdefghijklmnopqrstuvwyz habcdefgijklmnopqrstuwxyz iabcdefghijklmnopqrtuwxyz"
    " jbcdeghijklmnopqrstuvwxyz kabcefghijklmnopqrstuvwxyz labcefhijklmnopqrsuvwxz"
    " mabcdefghijklmnopqrtuvwxyz nabcdefghijklmnopqrsuvwxyz oacdeghijkmopqrstuvwxyz"
    " pabcdeghijklmnopqrstuvwxyz qabcefghijklmnopqrstuvwxyz rabcdefghjklmnopqrstuvwxyz"
    " sbcdefghijklmnopqrsuvwxyz tabcdefghijklmnopqrstuvwxy uabcdeghijkmnopqrstuvxyz"
    " vabdefghiklnopqrstuvwxyz wabcefghiklmnopqrstuvwz xabcdefghijklmnopqrstuvwxyz"
    " ybcefghjklmnoprsuvwxyz zabcdeghijklmnopqrstuvwxyz",
    " aabcefghijklmnopqrstwxyz babcdeghijkmnopqrstuvwy cabcdefghijklmnoqrstuxz"
    " dabcdfghijklmnpqrstuvwxyz eabcdefghijkmnoqrstuvwxyz fadlru gabcdefghijklmnpqrstuvwxyz"
    " habcdefghikmnopqrtuvwxyz iabcdefghijklmnoqrstuvwxyz jabdhijlmnorstuxyz"
    " kabcdefghijkmnopqrstuvwxz lacegijklmoquvwxyz mabcdefghijklmnopqrstuvwxyz"
    " nabcdefghijklmnpqrtuvwyz oacdefghijklmnpqstuvwyz pabghilnosuxy qgklmnoqty"
    " rabcefgiklmnprtuxz sabcdefghiklmnopqrstuvwxyz tdegijkmopruwxyz"
    " uabcdefghijklmnopqrstuvwxyz vhmo wabcegimorwxy xadegiklmnoqrx ybcdefghijklmnopqrstuvwxy"
    " zabdikmsuyz",
    " aacrv biklmortu cahmou daktu fosu gbcegou htu iaen jbcgpsvw kabcdeghijklmnorsuvxz"
    " ladekmortu mabcgiklnopqrtuvwxy nabegijknoprstuwx odgnrs pakmoty raceghnorstuvwxyz"
    " sacinoptux tabdeiklmnoqrstuwxyz uabeim vd wil ybdmy zm",
    " aabcdefghiklmopqrsuvwxyz bbcefghilmnoprstuvy cabcdefghijklmnpw dacinotu"
    " eabdefghijklmopqsvxyz fael gadgiklnsuz hadghijklmnoqrtuvw iabcdefghjlmnoprstuvwxyz jt"
    " kabcghnoprstu labcdefghjklnoqrstuvwyz mabdefhijklmnoqrstwxyz nabcdeghijklmnopqrstuvwxyz"
    " ocefghikmnopqstvwxyz peiklmnopqstu qaemw racdefghiklmnopqrstuwxz sacdeghilmnopqrstuwy"
    " tahinopqrtuvwy uabcdefgijmopqrtuwxy wabgimnorw xm yemnsuxy zhn",
    " uabcdfghiklmnpqrsvwxyz vacehijlmnopswyz wacehmst xachlnopqrstuw yap",
    " aabcdfghijklmnopqrstuvwxyz bbklp cf db eabegijlmnrsty gaeknrsu hgp iabflmnrtu jgis"
    " kabhimtw mabcdefghiklmnopqstuvwxyz nbdglnprw oabcdefglmopruw pnt riot sbklmn tchmsw"
    " ubcefghikopqtuyz waklmor xdw ynsu zh",
    " aabcdefhijklmoqrstuvwxyz babcdefghijklmnopqrstuvwxyz cbefghiklnopqstuvwx"
    " dabcefghjklnopqrstuvxz eabcdefghijklmnopqrstuvwyz fbemsw gabcdeghijkmnprstuwxyz"
    " habcdeghijklmnopqrstuvwxyz iabdefghijklmopqrstuvwxyz jabdegklmnoprstuw"
    " kabcdefghijmnopqrstuvwxyz lacdefghijlmnpqrstuwxyz mabcfghijklmnpqrstuvwxyz"
    " ncefgijklmnopqrsuvwxyz oabcdeghijklnopqrsuvwxyz pbcdegiklmnopqrstuvxy qahjkmnoqrstux"
    " rabcefghiklmnoqrstuvwxyz sabcdefghijklmnopqrstuvxyz tabdefghijklmnopqrstuvwy"
    " uabcegijkoqrstvwxyz vabcekmsx wbcfghijklmnopqrstuvwxy xbcegklmnorsuw yabcdiklmnorswxy"
    " zabcdeglnpsvwy",
    " aabcdefgijklnopqrsuvwxyz bacdefghijklmnopqrstuvwxyz cabcdefghiklmnopqstuwxyz"
    " dabcdefghijklmnoqrstvxy eabcdefghikmnopqrstuvwxyz finort gabcdefhijnopqrstuvwxyz"
    " hdefhiklmnpqrstuvyz iacfghijklmnopqstuvwxyz jagijlmnopsuw kabdefglmnpqrstuvwxz"
    " labcdfghijklmnopqrstuvxy mabcdefghijklmnoqrstuvwyz nabcdghiklmnopqrstuvwxyz"
    " obcdfghijklmopqrsuvwxyz pacefgijklmnopqrtuvwxyz qblmnopqrtuw"
    " rabcdefghijklmnopqrstuvwxyz sabcdeghijklmpqrstuvwxyz tabcdefghijklmnopqrstuvwyz"
    " uabcdefghijlmnopqstuvwxyz vadeklmnostuwxy wabcdefghlmnopqrtuwxy xabceghijmnoqrstuxy"
    " yaehijlnprstuvxyz zahjlmnox",
    " amnr bailruy daegijlmu es fi gabehnoy han isv ji kaghiklpqsuvwy labcefiklmnuw"
    " mabcdgimnoprsu naegikmnruxz on piv rabcefghijklmnoprtuvwxyz sahikpsu taehpru umru vehl"
    " wa ya zns",
    " aaefghijlmnoprsuvy bbk ecdlmopr grt icdfglnstv kajklmnoptuz lps"
    " mabcdefghijklmpqrsuvwxyz nkmp ort raost silv to umnt wa",
    " aabcdefghijklmnopqrstuvwxyz babefhijklmpqrstvw cai ddgjktuy eacdghimnoprstuw fg"
    " gabgiouy hagku ibcefghijklmnruvy jai kabdlruwy laceghiklmorsuvwxy mabcdeghimnostwx"
    " nbcdegikmnopuwy oabcdefgikmnorswy pc rbghiklmnoprsuvwxyz sagikrsuv tfhikmw"
    " uabdhlmnrtuvxy waborw xaw ybimnry",
    " aabcdegijklmnopqrstuvwy bbcdegijmnoprwy cbceghlmnortuvwy dackmoqy ebdglmprstu fa"
    " gabdfgilmnruw hacdemrtuv ibilnrsvy jbt kabcdefgijklnopqrstuvwxyz labcdeginopsuy"
    " mabcdefghjklmnopqrstuvwxyz nabdghijkmnoqrstuyz ocdgikmnoprw pabcdefghijklmnopqrstuvwxyz"
    " qat rabdegimnrtuw sabcdehijlmnopqrsuvy tabcdeghijlmnopqrstuvwy uabdgjlmnoprtu veinos"
    " wacdegjklortw xbkmrt yabjklty zhmp",
    " aabcdefghijklmnopqrstuvwxyz babehijklmnoxy chlnp dadegk eaceijlrstuvy gailmprsuw hadls"
    " iafghijklmnpqrstuvxz kagiklmnortuy labegilmnoruy mbcdeghiklmnopqrsxz nadegklnoqsu"
    " obgiklmntxy pabghkmnopz rabeklmnoswy scdglmnoprsy talpwy uabcdefgijklmnpqrtwxyz vat"
    " waglnqrtuw xaglmuy yruz zgk",
    " aabcdefghijklmopqrstuvwxyz baceltuw cadh dj eaghn gabhmnr hbdinwx iabklmnwz"
    " kabdghknoprtuvz laejmnqsw mabcdefghijklmnopqrstuvwxyz nadegks ochmoqrs"
    " pabcdefghijklmnopqrstuvwxyz qe ragnops saklmru teglmnpqstuxy uahmny wa ybgjnp zaj",
};

int slim_language_code_is_known(const char *code)
{
    const char *at = codes[code[0] - 'a'];

    while (*at) {
        int fits = at[1] == code[1]; /* at is at a space */
        for (at += 2; *at && *at != ' '; at++) {
            if (fits && *at == code[2]) {
                return 1;
            }
        }
    }
    return 0;
}
