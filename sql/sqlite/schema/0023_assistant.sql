-- Whose an assistant or a search engine is: sources by their names, operators as robots have them.
create table assistant (source text not null primary key, operator text not null) without rowid;
insert into assistant values
  ('ChatGPT', 'OpenAI'), ('OpenAI', 'OpenAI'), ('Perplexity', 'Perplexity'), ('Gemini', 'Google'),
  ('NotebookLM', 'Google'), ('Google', 'Google'), ('Copilot', 'Microsoft'), ('GitHub Copilot', 'Microsoft'),
  ('Bing', 'Microsoft'), ('Claude', 'Anthropic'), ('Meta AI', 'Meta'), ('Grok', 'xAI'), ('DeepSeek', 'DeepSeek'),
  ('Mistral', 'Mistral'), ('Poe', 'Quora'), ('Phind', 'Phind'), ('Kimi', 'Moonshot AI'), ('Qwen', 'Alibaba'),
  ('Doubao', 'ByteDance'), ('Ernie', 'Baidu'), ('Baidu', 'Baidu'), ('HuggingChat', 'Hugging Face'),
  ('Duck.ai', 'DuckDuckGo'), ('DuckDuckGo', 'DuckDuckGo'), ('Andi', 'Andi'), ('iAsk', 'iAsk'),
  ('You.com', 'You.com'), ('Yuanbao', 'Tencent'), ('Z.ai', 'Zhipu AI'), ('Manus', 'Manus'), ('Liner', 'Liner'),
  ('Exa', 'Exa'), ('Cohere', 'Cohere'), ('Kagi Assistant', 'Kagi'), ('Kagi', 'Kagi'), ('Devin', 'Cognition'),
  ('Alice', 'Yandex'), ('Yandex', 'Yandex'), ('CLOVA X', 'Naver'), ('Naver', 'Naver'), ('Brave Search', 'Brave');

-- AI's robots are few among many hits.
create index hit_of_ai on hit (id) where robot = 2;
