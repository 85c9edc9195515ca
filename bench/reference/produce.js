'use strict';
// Enqueues the commands on standard input, one a line: {"command": "track", "body": {...}}.
const readline = require('node:readline');
const { Queue } = require('bullmq');
const { connection, queueOf, job } = require('./settings');

async function main() {
  const queues = {};
  const waiting = {};
  for (const [command, name] of Object.entries(queueOf)) {
    queues[command] = new Queue(name, { connection });
    waiting[command] = [];
  }
  const add = async (command) => {
    const jobs = waiting[command];
    waiting[command] = [];
    await queues[command].addBulk(jobs);
  };
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { command, body } = JSON.parse(line);
    waiting[command].push({ name: command, data: body, opts: job });
    if (waiting[command].length === 500) await add(command);
  }
  for (const command of Object.keys(queues)) {
    await add(command);
    await queues[command].close();
  }
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
