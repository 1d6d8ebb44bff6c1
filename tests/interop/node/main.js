// Sends and push-consumes with ali-ons: `node main.js NAMESRV PREFIX CASE...`. Prints `ok NAME` or `FAILED NAME: why`
// per case. Each case has a topic of its own, `PREFIX_CASE`, which must be there. The package is found by NODE_PATH.
'use strict';

const { Producer, Consumer, Message } = require('ali-ons');

const COUNT = 200;
const PATIENCE_MS = 60000;
const [namesrv, prefix, ...names] = process.argv.slice(2);
const logger = { debug() {}, info() {}, warn: console.warn, error: console.error };
let instances = 0;

const tag = i => ['even', 'odd'][i % 2];
const body = i => `from node ${i}`;

/** What every client is told; an instance of its own, or closing one would close the others. No HTTP is spoken. */
function settings(more) {
  return { nameSrv: namesrv, httpclient: {}, logger, instanceName: `node_${process.pid}_${++instances}`, ...more };
}

async function sendAll(topic) {
  const producer = new Producer(settings({ producerGroup: 'node_producers' }));
  await producer.ready();
  try {
    for (let i = 0; i < COUNT; i++) {
      const message = new Message(topic, tag(i), body(i));
      message.keys = [`key-${i}`];
      const result = await producer.send(message);
      if (result.sendStatus !== 'SEND_OK' || !result.msgId) {
        throw new Error(`message ${i}: ${JSON.stringify(result)}`);
      }
    }
  } finally {
    await producer.close();
  }
}

/** Consumes with a group until all the messages wanted came, which must be these alone, once each. */
async function read(topic, group, expression, wanted) {
  const consumer = new Consumer(settings({ consumerGroup: group, consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET' }));
  const missing = new Map();
  for (let i = 0; i < COUNT; i++) {
    if (wanted(i)) missing.set(body(i), `${tag(i)} key-${i}`);
  }
  let timer, looking;
  await new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${missing.size} messages did not come`)), PATIENCE_MS);
    // The group's offset moves after the handler has returned.
    looking = setInterval(() => {
      const queues = [...consumer.processQueueTable.values()];
      if (missing.size === 0 && queues.every(({ processQueue }) => processQueue.msgCount === 0)) resolve();
    }, 10);
    consumer.on('error', reject);
    consumer.subscribe(topic, expression, async message => {
      const text = message.body.toString();
      if (missing.get(text) !== `${message.tags} ${message.keys}`) {
        reject(new Error(`'${text}' with ${message.tags} and ${message.keys} was not wanted, or came twice`));
      }
      missing.delete(text);
    });
  }).finally(() => {
    clearTimeout(timer);
    clearInterval(looking);
    return consumer.close();
  });
}

const cases = {
  async send_sync(topic) {
    await sendAll(topic);
    await read(topic, `readers_${topic}`, '*', () => true);
  },
  // Stops and comes again: the group goes on where it stopped.
  async consume_concurrently(topic) {
    for (let visit = 0; visit < 2; visit++) {
      await sendAll(topic);
      await read(topic, `group_${topic}`, '*', () => true);
    }
  },
  async consume_tag_expression(topic) {
    await sendAll(topic);
    await read(topic, `readers_${topic}`, 'nothing || even', i => i % 2 === 0);
  },
};

(async () => {
  let code = 0;
  for (const name of names) {
    try {
      await cases[name](`${prefix}_${name}`);
      console.log(`ok ${name}`);
    } catch (error) {
      code = 1;
      console.error(error);
      console.log(`FAILED ${name}: ${String(error).replaceAll('\n', ' ')}`);
    }
  }
  process.exit(code); // a client's timers would keep the process alive
})();
