'use strict';
// published: three attempts, exponential backoff from 2 s, 10 jobs of a queue at once, finished jobs stay in Redis.
// tuned: what a careful user would turn: 100 at once, finished jobs removed.
const tuned = process.env.FORM === 'tuned';

module.exports = {
  connection: { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null },
  queueOf: { identify: 'customerio-identify', track: 'customerio-track' },
  concurrency: tuned ? 100 : 10,
  job: {
    attempts: 3,
    backoff: { type: 'exponential', delay: 2000 },
    ...(tuned ? { removeOnComplete: true, removeOnFail: 1000 } : {}),
  },
};
