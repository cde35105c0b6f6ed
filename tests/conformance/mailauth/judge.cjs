// mailauth's verdicts on the messages that come as lines of JSON on standard input; its DNS questions go out
// as lines too, and their answers come in between: both sides see the very same DNS.
//   node judge.cjs FOLDER    (FOLDER/node_modules holds mailauth)
'use strict';

const path = require('node:path');
const readline = require('node:readline');
const { authenticate } = require(path.join(path.resolve(process.argv[2]), 'node_modules', 'mailauth'));

const CODES = { nxdomain: 'ENOTFOUND', nodata: 'ENODATA', servfail: 'ESERVFAIL', timeout: 'ETIMEOUT' };
const waiting = new Map();
let last = 0;

const say = value => process.stdout.write(JSON.stringify(value) + '\n');

const resolver = (name, type) =>
    new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject });
        say({ ask: id, name, type });
    });

const judge = async ({ name, raw, ip, helo, sender }) => {
    try {
        const result = await authenticate(Buffer.from(raw, 'base64'), {
            resolver,
            ip: ip || undefined,
            helo: helo || undefined,
            sender: sender === null ? undefined : sender,
            mta: 'receiver.test',
            strict: true,
            disableBimi: true
        });
        say({
            name,
            dkim: (result.dkim.results || [])
                .filter(row => row.signingDomain || row.status.result !== 'none')
                .map(row => [row.signingDomain || '', row.selector || '', row.status.result, row.status.comment || '']),
            spf: ip && result.spf ? [result.spf.status.result, result.spf.domain || ''] : null,
            arc: result.arc ? [result.arc.status.result, result.arc.status.comment || ''] : null,
            dmarc: result.dmarc ? [result.dmarc.status.result, result.dmarc.policy || ''] : null
        });
    } catch (err) {
        say({ name, error: err.stack });
    }
};

readline.createInterface({ input: process.stdin }).on('line', line => {
    const message = JSON.parse(line);
    if (!message.answer) {
        judge(message);
        return;
    }
    const { resolve, reject } = waiting.get(message.answer);
    waiting.delete(message.answer);
    if (message.status === 'ok') {
        resolve(message.records);
        return;
    }
    const err = new Error(message.status);
    err.code = CODES[message.status] || 'ESERVFAIL';
    reject(err);
});
