import type { Schema } from '@/api/client';
import type { ClientEnvelope, ServerEnvelope } from '@/realtime/envelopes';
import type { FakeSocket } from '@/testing/fake-socket';
import { aMessage, EPOCH } from '@/testing/messages';

type Message = Schema<'Message'>;

interface Room {
  rows: Message[];
  rev: number;
}

interface Line {
  socket: FakeSocket;
  /** So much of what the client sent was taken in. */
  heard: number;
  /** What is on its way to the client. */
  out: ServerEnvelope[];
  /** Nothing gets through any more, and nobody says so. */
  dead: boolean;
}

/** A server in memory that keeps the promises of the contract, on a network that keeps none. `me` is who dials. */
export class ModelServer {
  readonly rooms = new Map<number, Room>();
  readonly acked = new Set<string>();
  readonly #dialled: FakeSocket[];
  readonly #me: number;
  readonly #random: () => number;
  #taken = 0;
  #lines: Line[] = [];

  constructor(dialled: FakeSocket[], me: number, random: () => number) {
    this.#dialled = dialled;
    this.#me = me;
    this.#random = random;
  }

  room(id: number): Room {
    const room = this.rooms.get(id) ?? { rows: [], rev: 0 };
    this.rooms.set(id, room);
    return room;
  }

  /** Stores a message once by its client id, and tells it to every line. */
  post(id: number, sender: number, clientId: string, body: string): Message {
    const room = this.room(id);
    const known = room.rows.find((row) => row.sender === sender && row.clientId === clientId);
    if (known) return known;
    const row = aMessage(room.rows.length + 1, { rev: ++room.rev, sender, clientId, body });
    room.rows.push(row);
    this.#tell({ type: 'message', room: id, message: row });
    return row;
  }

  /** Somebody else changes a message of theirs. */
  edit(id: number, seq: number, body: string): void {
    const room = this.room(id);
    const row = room.rows[seq - 1];
    if (!row || row.sender === this.#me) return;
    const now = { ...row, rev: ++room.rev, body };
    room.rows[seq - 1] = now;
    this.#tell({ type: 'message', room: id, message: now });
  }

  /** The rows that changed after a rev, by rev. */
  changes(id: number, since: number): Schema<'MessagePage'> {
    const { rows, rev } = this.room(id);
    const changed = rows.filter((row) => row.rev > since).sort((a, b) => a.rev - b.rev);
    const items = changed.slice(0, 200);
    return {
      epoch: EPOCH,
      items,
      lastSeq: rows.length,
      lastRev: rev,
      hasMore: changed.length > 200,
    };
  }

  /** A little time on the network. With `faults` anything may go wrong in it, without nothing does. */
  step(faults: boolean): void {
    const chance = (of: number) => faults && this.#random() < of;
    for (const socket of this.#dialled.slice(this.#taken)) {
      this.#taken += 1;
      if (chance(0.2)) socket.serverCloses(1006);
      else if (socket.readyState === WebSocket.CONNECTING) this.#open(socket);
    }
    this.#lines = this.#lines.filter(({ socket }) => socket.readyState === WebSocket.OPEN);
    for (const line of this.#lines) {
      if (chance(0.02)) line.dead = true;
      if (line.dead) continue;
      while (line.heard < line.socket.sent.length && !chance(0.2)) this.#hear(line, chance);
      if (chance(0.08)) this.#cut(line);
      else
        this.#deliver(line, chance(0.3) ? Math.floor(this.#random() * line.out.length) : Infinity);
    }
  }

  /** Every message of mine that was stored, in the order of storing. */
  mine(id: number): string[] {
    return this.room(id)
      .rows.filter(({ sender }) => sender === this.#me)
      .map(({ body }) => body);
  }

  #open(socket: FakeSocket) {
    this.#lines.push({ socket, heard: 0, out: [], dead: false });
    socket.serverOpens();
  }

  #hear(line: Line, chance: (of: number) => boolean) {
    const envelope = line.socket.sent[line.heard++];
    if (!envelope) return;
    if (envelope.type === 'message') this.#take(line, envelope, chance);
    if (envelope.type === 'enter') {
      const { items: messages, ...page } = this.changes(envelope.room, envelope.sinceRev ?? 0);
      line.out.push({
        type: 'entered',
        room: envelope.room,
        viewers: [],
        reads: [],
        messages,
        ...page,
      });
    }
  }

  #take(
    line: Line,
    { clientId, room, body }: Extract<ClientEnvelope, { type: 'message' }>,
    chance: (of: number) => boolean,
  ) {
    if (chance(0.05)) {
      line.out.push({ type: 'error', code: 'frame.too_many', detail: '', clientId, retryAfter: 1 });
      return;
    }
    const { seq, rev, sentAt } = this.post(room, this.#me, clientId, body);
    line.out.push({ type: 'ack', clientId, room, seq, rev, sentAt });
  }

  #tell(envelope: ServerEnvelope) {
    for (const line of this.#lines) line.out.push(envelope);
  }

  #deliver(line: Line, count: number) {
    const frame = line.out.splice(0, count);
    for (const envelope of frame) if (envelope.type === 'ack') this.acked.add(envelope.clientId);
    if (frame.length > 0) line.socket.serverSends(...frame);
  }

  /** A part of what is under way arrives, or nothing; then the connection ends in one way or another. */
  #cut(line: Line) {
    this.#deliver(line, Math.floor(this.#random() * (line.out.length + 1)));
    const code = [1001, 1006, 1008, 1012][Math.floor(this.#random() * 4)] ?? 1006;
    if (code === 1001) line.socket.serverSends({ type: 'bye', reason: 'shutdown', retryAfter: 2 });
    line.socket.serverCloses(code);
  }
}
