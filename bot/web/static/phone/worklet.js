"use strict";
// Between the browser's sound and the telephone's: 8 000 samples a second, A-law, frames of 20 ms (ITU-T G.711).

const TELEPHONE_HZ = 8000;
const FRAME = 160;
const FIRST_FRAMES = 3; // 60 ms wait before playing, so that what comes a little late is no gap
const MOST_FRAMES = 50; // 1 s; older sound is of no use

function decodeAlaw(code) {
  const value = code ^ 0x55;
  const exponent = (value >> 4) & 7;
  const mantissa = value & 15;
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1);
  return (value & 0x80 ? magnitude : -magnitude) / 32768;
}

function encodeAlaw(sample) {
  const clipped = Math.max(-1, Math.min(1, sample)) * 32767;
  const sign = clipped >= 0 ? 0x80 : 0;
  const magnitude = Math.min(32635, Math.abs(clipped));
  let exponent = 0;
  for (let limit = 256; exponent < 7 && magnitude >= limit; limit *= 2) exponent += 1;
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 15;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

const DECODED = Float32Array.from({ length: 256 }, (_, code) => decodeAlaw(code));

class Telephone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = TELEPHONE_HZ / sampleRate; // telephone samples for each sample of the browser
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.sum = 0; // of the browser's samples that make the next telephone sample
    this.count = 0;
    this.phase = 0;
    this.queue = [];
    this.place = 0; // in the first frame of the queue
    this.playing = false;
    this.last = 0;
    this.next = 0;
    this.between = 0;
    this.port.onmessage = (message) => {
      this.queue.push(new Uint8Array(message.data));
      if (this.queue.length > MOST_FRAMES) {
        this.queue.shift();
        this.place = 0;
      }
    };
  }

  process(inputs, outputs) {
    const heard = inputs[0][0];
    if (heard) for (const sample of heard) this.take(sample);
    const spoken = outputs[0][0];
    for (let index = 0; index < spoken.length; index += 1) spoken[index] = this.give();
    return true;
  }

  // Averaging over each telephone sample keeps what is too high for a telephone from being heard as something low.
  take(sample) {
    this.sum += sample;
    this.count += 1;
    this.phase += this.step;
    if (this.phase < 1) return;
    this.phase -= 1;
    this.frame[this.filled] = encodeAlaw(this.sum / this.count);
    this.sum = 0;
    this.count = 0;
    this.filled += 1;
    if (this.filled === FRAME) {
      const full = this.frame;
      this.frame = new Uint8Array(FRAME);
      this.filled = 0;
      this.port.postMessage(full.buffer, [full.buffer]);
    }
  }

  give() {
    this.between += this.step;
    while (this.between >= 1) {
      this.between -= 1;
      this.last = this.next;
      this.next = this.nextSample();
    }
    return this.last + (this.next - this.last) * this.between;
  }

  nextSample() {
    if (!this.playing && this.queue.length < FIRST_FRAMES) return 0;
    this.playing = this.queue.length > 0;
    if (!this.playing) return 0;
    const frame = this.queue[0];
    const sample = DECODED[frame[this.place]];
    this.place += 1;
    if (this.place === frame.length) {
      this.queue.shift();
      this.place = 0;
    }
    return sample;
  }
}

registerProcessor("telephone", Telephone);
