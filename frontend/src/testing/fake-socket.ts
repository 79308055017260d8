import { vi } from 'vitest';
import type { ClientEnvelope, ServerEnvelope } from '@/realtime/envelopes';

/** A WebSocket whose other end is the test. Implements what our code uses of one, no more. */
export class FakeSocket {
  readyState: number = WebSocket.CONNECTING;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: ClientEnvelope[] = [];
  closedWith: number | undefined;

  /** Passes for the real thing. */
  get asWebSocket(): WebSocket {
    return this as unknown as WebSocket;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as ClientEnvelope);
  }

  close(code?: number): void {
    this.readyState = WebSocket.CLOSED;
    this.closedWith = code;
  }

  serverOpens(): void {
    this.readyState = WebSocket.OPEN;
    this.onopen?.();
  }

  /** All of them in one frame. */
  serverSends(...envelopes: ServerEnvelope[]): void {
    this.onmessage?.({ data: envelopes.map((one) => JSON.stringify(one)).join('\n') });
  }

  serverCloses(code: number): void {
    this.readyState = WebSocket.CLOSED;
    this.onclose?.({ code });
  }

  /** What was sent of one type. */
  sentOf<T extends ClientEnvelope['type']>(type: T): Extract<ClientEnvelope, { type: T }>[] {
    return this.sent.filter(
      (one): one is Extract<ClientEnvelope, { type: T }> => one.type === type,
    );
  }
}

/** Every `new WebSocket` of the page is a FakeSocket from here on; gives the list that they go into. */
export function fakeSockets(): FakeSocket[] {
  const dialled: FakeSocket[] = [];
  const { CONNECTING, OPEN, CLOSING, CLOSED } = WebSocket;
  class Dialled extends FakeSocket {
    static readonly CONNECTING = CONNECTING;
    static readonly OPEN = OPEN;
    static readonly CLOSING = CLOSING;
    static readonly CLOSED = CLOSED;
    constructor(
      readonly url: string | URL,
      readonly protocols: string[],
    ) {
      super();
      dialled.push(this);
    }
  }
  vi.stubGlobal('WebSocket', Dialled);
  return dialled;
}
