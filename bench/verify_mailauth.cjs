// One round of bench/verify.py: node verify_mailauth.cjs FOLDER_OF_MAILAUTH FOLDER_OF_MESSAGES
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const [peer, folder] = process.argv.slice(2);
const { authenticate } = require(path.join(path.resolve(peer), 'node_modules', 'mailauth'));

const { ip, helo, senders, txt } = JSON.parse(fs.readFileSync(path.join(folder, 'envelope.json'), 'utf-8'));
const place = path.join(folder, 'messages');
const messages = fs.readdirSync(place).sort().map(name => fs.readFileSync(path.join(place, name)));

const resolver = async (name, type) => {
    if (type === 'TXT' && txt[name]) {
        return [[txt[name]]];
    }
    const err = new Error('no such record');
    err.code = 'ENOTFOUND';
    throw err;
};

const run = async all => {
    let passed = 0;
    for (const [number, raw] of all.entries()) {
        const sender = senders[number];
        const result = await authenticate(raw, { resolver, ip, helo, sender, mta: 'mx.rcpt.test', disableBimi: true });
        passed += result.dmarc && result.dmarc.status.result === 'pass' ? 1 : 0;
    }
    return passed;
};

(async () => {
    await run(messages.slice(0, 1));
    const start = process.hrtime.bigint();
    const before = process.cpuUsage();
    const passed = await run(messages);
    const used = process.cpuUsage(before);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    const status = fs.readFileSync('/proc/self/status', 'utf-8');
    const memory = (Number(/VmHWM:\s+(\d+)/.exec(status)[1]) * 1024) / 1e6;
    console.log(JSON.stringify({ seconds, cpu: (used.user + used.system) / 1e6, passed, memory }));
})();
