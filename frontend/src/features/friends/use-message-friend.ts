import { useNavigate } from '@tanstack/react-router';
import { problemText } from '@/api/problem-text';
import type { Schema } from '@/api/client';
import { useOpenDirectRoom } from '@/features/rooms/queries';
import { useToast } from '@/ui/toast';

/** Goes to the direct room with a friend, opening it when it is the first time. */
export function useMessageFriend() {
  const open = useOpenDirectRoom();
  const navigate = useNavigate();
  const say = useToast();
  return (user: Schema<'UserSummary'>) =>
    open.mutate(user.id, {
      onSuccess: (room) => void navigate({ to: '/rooms/$roomId', params: { roomId: room.id } }),
      onError: (error) => say(problemText(error)),
    });
}
