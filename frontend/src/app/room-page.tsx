import { useParams, useSearch } from '@tanstack/react-router';
import { readings } from '@/app/readings';
import { Conversation } from '@/features/messages/conversation';

/** A conversation by its address, /rooms/12?at=340. */
export function RoomPage() {
  const { roomId } = useParams({ from: '/shell/rooms/$roomId' });
  const { at } = useSearch({ from: '/shell/rooms/$roomId' });
  return <Conversation key={roomId} roomId={roomId} at={at} readings={readings} />;
}
