// Package index is the archive: every article that went through the pipeline, findable in the one query language.
//
// [Open] a folder, [Index.Put] articles in batches, [Index.Search] them. The folder holds shards by the time articles
// were first seen: one hot shard that takes new articles, and older ones. Each shard keeps the articles themselves in
// one SQLite file, the record of truth, and beside it the bleve index that was made from them and can always be made
// again.
//
// Promise: an article lives in exactly one shard and is found exactly once. Put is idempotent by article ID, writes
// the articles before the bleve batch, and carries the Kafka offsets in that batch; whatever a crash left between the
// two is indexed when the folder is opened again. Highlights are byte ranges of the article as it was given.
//
// Limits: a folder belongs to one process, a second one is refused. What bleve cannot say (NEAR, SENT, NUM and the
// like) is verified on the stored articles within Config.VerifyLimit and Config.SearchTimeout, and a result that
// stopped there says so.
package index
