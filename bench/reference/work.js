'use strict';
// Works the jobs off until it is ended: one call of the Track API each.
const { Worker } = require('bullmq');
const { TrackClient } = require('customerio-node');
const { connection, queueOf, concurrency } = require('./settings');

const api = new TrackClient('site', 'key', { url: `${process.env.API}/api/v1` });
const call = {
  identify: (body) => api.identify(body.userId, body.attrs),
  track: (body) => api.track(body.userId, { name: body.name, data: body.data }),
};
const workers = Object.entries(queueOf).map(([command, name]) => {
  const worker = new Worker(name, (job) => call[command](job.data), { connection, concurrency });
  worker.on('error', (error) => console.error(error.message));
  return worker;
});

process.on('SIGTERM', async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  process.exit(0);
});
