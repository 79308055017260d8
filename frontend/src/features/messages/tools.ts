import { createContext, use, type ComponentType } from 'react';
import type { Schema } from '@/api/client';
import type { Message } from '@/features/messages/thread';

type Reading = NonNullable<Message['reading']>;

export interface ReadingProps {
  roomId: number;
  seq: number;
  /** A message of mine, in a room that may be written in: I may say how it was meant. */
  mine: boolean;
  reading: Reading | null;
  /** The text that was read. */
  body: string;
  /** The side of the bubble. */
  align: 'start' | 'end';
  tabIndex: 0 | -1;
  /** The words that carry the reading should be seen now, or no longer. */
  onMark: (on: boolean) => void;
}

export interface HintProps {
  roomId: number;
  /** What is written so far; nothing when it is nothing new. */
  text: string;
  /** By which the text field names it as its description. */
  id: string;
}

/** How readings are shown. The app passes it in, because a feature knows no other feature's components. */
export interface Readings {
  Chip: ComponentType<ReadingProps>;
  /** How what is being written may read; a line that is always as high, whether there is something to say or not. */
  Hint: ComponentType<HintProps>;
  /** Tells once that messages are read in this room. */
  Notice: ComponentType<{ room: Schema<'Room'> }>;
  /** Offers to tell what the messages after this one, so many, were like. */
  Missed: ComponentType<{ room: Schema<'Room'>; after: number; count: number }>;
  /** The reading as it is spoken; nothing when it is not to be shown. */
  useWords: () => (reading: Reading) => string | undefined;
}

/** What every message of a conversation can ask of the conversation around it. */
export interface Tools {
  roomId: number;
  /** A room of several that has a title, rather than two people. */
  group: boolean;
  /** Whether the room may be written in. */
  open: boolean;
  readings: Readings;
  reply: (message: Message) => void;
  edit: (message: Message) => void;
  /** Shows this message, wherever it is, and flashes it. */
  jump: (seq: number) => void;
}

export const ToolsContext = createContext<Tools | null>(null);

export function useTools(): Tools {
  const tools = use(ToolsContext);
  if (!tools) throw new Error('useTools is for parts of a conversation');
  return tools;
}
