-- migrate:up

-- What a third reading of the articles found in the seed; docs/extraction.md has the rules.

-- On whose authority -----------------------------------------------------------------------------

-- The article credits the cost and the hardware to the peer-reviewed paper, in which DeepSeek gives them.
UPDATE claim SET claimant_id = 'deepseek'
WHERE id IN ('r1-under-300000-03-training-cost-294000', 'r1-under-300000-03-trained-on-512-h800');

-- Inside a reported clause: an apposition behind a comma, and a participle.
UPDATE claim SET claimant_id = 'industry-analysts', stance = 'reports'
WHERE id = 'markets-misled-it-09-comparable-to-gpt-costs';
UPDATE claim SET claimant_id = 'prevailing-opinion', stance = 'reports'
WHERE id = 'markets-misled-it-09-nvidia-offers-compute';

INSERT INTO source (id, kind, description) VALUES
    ('deepseek-on-its-costs', 'statement', 'DeepSeek''s own account of being budget-friendly; no document is named.'),
    ('experts-on-ai-outlook', 'statement', 'What experts expect of the prospects of NVIDIA and of AI; no document is named.'),
    ('experts-on-deepseek-technology', 'statement', 'What experts speculate about DeepSeek''s technology; no document is named.');

INSERT INTO source_relation (source_id, kind, related_id) VALUES
    ('affordability-myth', 'cites', 'deepseek-on-its-costs'),
    ('market-shockwave', 'cites', 'experts-on-ai-outlook'),
    ('market-shockwave', 'cites', 'experts-on-deepseek-technology');

INSERT INTO attribution (claim_id, position, agent_id, role, via_id) VALUES
    ('markets-misled-it-09-comparable-to-gpt-costs', 1, 'industry-analysts', 'speaker', 'industry-analysts-on-r1'),
    ('markets-misled-it-09-nvidia-offers-compute', 1, 'prevailing-opinion', 'speaker', NULL),
    ('r1-under-300000-03-trained-on-512-h800', 1, 'deepseek', 'author', 'nature-r1-paper'),
    ('r1-under-300000-03-training-cost-294000', 1, 'deepseek', 'author', 'nature-r1-paper');

UPDATE attribution SET via_id = 'deepseek-on-its-costs'
WHERE claim_id = 'affordability-myth-23-budget-friendly-narrative';
UPDATE attribution SET via_id = 'experts-on-ai-outlook'
WHERE claim_id IN ('market-shockwave-16-ai-outlook-better', 'market-shockwave-16-nvidia-outlook-better');
UPDATE attribution SET via_id = 'experts-on-deepseek-technology'
WHERE claim_id IN ('market-shockwave-09-maybe-comparable-technology', 'market-shockwave-09-maybe-superior-technology');

-- One assertion a claim --------------------------------------------------------------------------

INSERT INTO proposition (id, statement) VALUES
    ('deepseek-was-competitive', 'DeepSeek was competitive.'),
    ('high-flyer-is-chinese', 'High-Flyer is Chinese.'),
    ('high-flyer-is-hedge-fund', 'High-Flyer is a hedge fund.');

INSERT INTO claim (id, source_id, line, kind, subject_id, claimant_id, stance, hedge, proposition_id, statement) VALUES
    ('markets-misled-de-11-high-flyer-chinese', 'markets-misled-de', 11, 'statement', 'high-flyer', 'voice-markets-misled-de', 'asserts', 'none', 'high-flyer-is-chinese', 'High-Flyer is Chinese.'),
    ('markets-misled-de-11-high-flyer-hedge-fund', 'markets-misled-de', 11, 'statement', 'high-flyer', 'voice-markets-misled-de', 'asserts', 'none', 'high-flyer-is-hedge-fund', 'High-Flyer is a hedge fund.'),
    ('markets-misled-it-11-high-flyer-chinese', 'markets-misled-it', 11, 'statement', 'high-flyer', 'voice-markets-misled-it', 'asserts', 'none', 'high-flyer-is-chinese', 'High-Flyer is Chinese.'),
    ('markets-misled-it-11-high-flyer-hedge-fund', 'markets-misled-it', 11, 'statement', 'high-flyer', 'voice-markets-misled-it', 'asserts', 'none', 'high-flyer-is-hedge-fund', 'High-Flyer is a hedge fund.'),
    ('r1-under-300000-03-deepseek-competitive', 'r1-under-300000', 3, 'statement', 'deepseek', 'voice-r1-under-300000', 'asserts', 'none', 'deepseek-was-competitive', 'DeepSeek was competitive when it released R1 and a further model.');

DELETE FROM claim WHERE proposition_id = 'high-flyer-is-chinese-hedge-fund';
DELETE FROM proposition WHERE id = 'high-flyer-is-chinese-hedge-fund';

-- What the text says, and no more ----------------------------------------------------------------

UPDATE claim SET subject_id = 'deepseek', statement = 'DeepSeek''s competitiveness led to crisis meetings at its competitors.'
WHERE id = 'r1-under-300000-03-crisis-meetings';
UPDATE claim SET statement = 'DeepSeek''s competitiveness made NVIDIA''s share price crash.'
WHERE id = 'r1-under-300000-03-nvidia-share-price-crash';
UPDATE claim SET statement = 'The share prices of AI companies keep on rising.'
WHERE id = 'r1-under-300000-06-share-prices-rising';
UPDATE claim SET subject_id = 'deepseek-r1', statement = 'In the debate about DeepSeek R1''s training costs, the actual financial implications are more severe than was first assumed.'
WHERE id = 'markets-misled-de-05-implications-more-severe';
UPDATE claim SET subject_id = 'deepseek-r1', statement = 'In the debate about DeepSeek R1''s training costs, the actual financial implications are more surprising than was first stated.'
WHERE id = 'markets-misled-it-05-implications-more-surprising';

UPDATE proposition SET statement = corrected.statement
FROM (VALUES
    ('deepseek-caused-crisis-meetings', 'DeepSeek''s competitiveness led to crisis meetings at its competitors.'),
    ('deepseek-caused-nvidia-share-crash', 'DeepSeek''s competitiveness made NVIDIA''s share price crash.'),
    ('deepseek-created-resource-pool', 'DeepSeek''s investment in H20 accelerators created a substantial pool of computing resources.'),
    ('deepseek-has-more-gpus-than-claimed', 'DeepSeek has more NVIDIA GPUs than is claimed.'),
    ('financial-implications-more-severe-than-assumed', 'In the debate about R1''s training costs, the actual financial implications are more severe than was first assumed.'),
    ('financial-implications-more-surprising-than-stated', 'In the debate about R1''s training costs, the actual financial implications are more surprising than was first stated.'))
    AS corrected (id, statement)
WHERE proposition.id = corrected.id;

UPDATE subject SET description = 'A competitor of DeepSeek.' WHERE id = 'openai';

-- Comparisons that hold what their description says ----------------------------------------------

UPDATE comparison SET title = corrected.title, description = corrected.description
FROM (VALUES
    ('what-rivals-training-cost', 'What training a rival''s model cost', 'The training cost given for ChatGPT-4O, beside every figure given for R1.'),
    ('what-training-the-base-model-cost', 'What training V3, and the technology under R1, cost', 'What DeepSeek is said to have spent on training V3, beside what it is said to have spent on the AI technology that underlies R1. No article says that the two are one.'))
    AS corrected (id, title, description)
WHERE comparison.id = corrected.id;

INSERT INTO comparison_claim (comparison_id, claim_id) VALUES
    ('spending-against-claimed-training-cost', 'affordability-myth-15-operating-cost-944-million'),
    ('spending-against-claimed-training-cost', 'markets-misled-de-16-operating-cost-944-million'),
    ('spending-against-claimed-training-cost', 'markets-misled-it-16-operating-cost-944-million'),
    ('spending-against-claimed-training-cost', 'r1-under-300000-02-training-below-300000'),
    ('spending-against-claimed-training-cost', 'r1-under-300000-03-training-cost-294000'),
    ('spending-against-claimed-training-cost', 'r1-under-300000-06-r1-base-cost-6-million'),
    ('what-rivals-training-cost', 'market-shockwave-09-r1-training-cost-5-6-million'),
    ('what-rivals-training-cost', 'markets-misled-de-09-r1-spending-5-million'),
    ('what-rivals-training-cost', 'markets-misled-it-09-r1-spending-5-million'),
    ('what-rivals-training-cost', 'r1-under-300000-02-training-below-300000');

-- migrate:down
DELETE FROM comparison_claim
WHERE (comparison_id = 'spending-against-claimed-training-cost'
       AND (claim_id LIKE '%-operating-cost-944-million' OR claim_id LIKE 'r1-under-300000-%'))
   OR (comparison_id = 'what-rivals-training-cost'
       AND claim_id NOT IN ('affordability-myth-23-chatgpt-4o-cost-100-million', 'affordability-myth-23-r1-cost-5-million',
                            'r1-under-300000-03-training-cost-294000'));
UPDATE comparison SET title = 'What rivals'' training cost', description = 'What training R1 is said to have cost, beside the figure given for ChatGPT-4O.'
WHERE id = 'what-rivals-training-cost';
UPDATE comparison SET title = 'What training the base model cost' WHERE id = 'what-training-the-base-model-cost';

UPDATE subject SET description = 'A US competitor of DeepSeek.' WHERE id = 'openai';
UPDATE proposition SET statement = earlier.statement
FROM (VALUES
    ('deepseek-caused-crisis-meetings', 'The competitiveness of DeepSeek''s models led to crisis meetings at its competitors.'),
    ('deepseek-caused-nvidia-share-crash', 'The competitiveness of DeepSeek''s models made NVIDIA''s share price crash.'),
    ('deepseek-created-resource-pool', 'DeepSeek''s purchases created a substantial pool of computing resources.'),
    ('deepseek-has-more-gpus-than-claimed', 'DeepSeek has more NVIDIA GPUs than it claims.'),
    ('financial-implications-more-severe-than-assumed', 'The actual financial implications are more severe than was first assumed.'),
    ('financial-implications-more-surprising-than-stated', 'The actual financial implications are more surprising than was first stated.'))
    AS earlier (id, statement)
WHERE proposition.id = earlier.id;
UPDATE claim SET subject_id = 'deepseek-models', statement = 'The competitiveness of DeepSeek''s models led to crisis meetings at its competitors.'
WHERE id = 'r1-under-300000-03-crisis-meetings';
UPDATE claim SET statement = 'The competitiveness of DeepSeek''s models made NVIDIA''s share price crash.'
WHERE id = 'r1-under-300000-03-nvidia-share-price-crash';
UPDATE claim SET statement = 'Share prices keep on rising.' WHERE id = 'r1-under-300000-06-share-prices-rising';
UPDATE claim SET subject_id = 'deepseek', statement = 'The actual financial implications are more severe than was first assumed.'
WHERE id = 'markets-misled-de-05-implications-more-severe';
UPDATE claim SET subject_id = 'deepseek', statement = 'The actual financial implications are more surprising than was first stated.'
WHERE id = 'markets-misled-it-05-implications-more-surprising';

INSERT INTO proposition (id, statement) VALUES ('high-flyer-is-chinese-hedge-fund', 'High-Flyer is a Chinese hedge fund.');
INSERT INTO claim (id, source_id, line, kind, subject_id, claimant_id, stance, hedge, proposition_id, statement) VALUES
    ('markets-misled-de-11-high-flyer-chinese-hedge-fund', 'markets-misled-de', 11, 'statement', 'high-flyer', 'voice-markets-misled-de', 'asserts', 'none', 'high-flyer-is-chinese-hedge-fund', 'High-Flyer is a Chinese hedge fund.'),
    ('markets-misled-it-11-high-flyer-chinese-hedge-fund', 'markets-misled-it', 11, 'statement', 'high-flyer', 'voice-markets-misled-it', 'asserts', 'none', 'high-flyer-is-chinese-hedge-fund', 'High-Flyer is a Chinese hedge fund.');
DELETE FROM claim WHERE proposition_id IN ('deepseek-was-competitive', 'high-flyer-is-chinese', 'high-flyer-is-hedge-fund');
DELETE FROM proposition WHERE id IN ('deepseek-was-competitive', 'high-flyer-is-chinese', 'high-flyer-is-hedge-fund');

UPDATE attribution SET via_id = NULL
WHERE via_id IN ('deepseek-on-its-costs', 'experts-on-ai-outlook', 'experts-on-deepseek-technology');
DELETE FROM attribution
WHERE claim_id IN ('markets-misled-it-09-comparable-to-gpt-costs', 'markets-misled-it-09-nvidia-offers-compute',
                   'r1-under-300000-03-trained-on-512-h800', 'r1-under-300000-03-training-cost-294000');
DELETE FROM source_relation
WHERE related_id IN ('deepseek-on-its-costs', 'experts-on-ai-outlook', 'experts-on-deepseek-technology');
DELETE FROM source
WHERE id IN ('deepseek-on-its-costs', 'experts-on-ai-outlook', 'experts-on-deepseek-technology');
UPDATE claim SET claimant_id = 'voice-markets-misled-it', stance = 'asserts'
WHERE id IN ('markets-misled-it-09-comparable-to-gpt-costs', 'markets-misled-it-09-nvidia-offers-compute');
UPDATE claim SET claimant_id = 'voice-r1-under-300000'
WHERE id IN ('r1-under-300000-03-training-cost-294000', 'r1-under-300000-03-trained-on-512-h800');
