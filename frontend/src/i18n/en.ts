import { account } from '@/i18n/en/account';
import { booking } from '@/i18n/en/booking';
import { common } from '@/i18n/en/common';
import { discover } from '@/i18n/en/discover';
import { emotion } from '@/i18n/en/emotion';
import { friends } from '@/i18n/en/friends';
import { messages } from '@/i18n/en/messages';
import { mood } from '@/i18n/en/mood';
import { problems } from '@/i18n/en/problems';
import { rooms } from '@/i18n/en/rooms';
import { search } from '@/i18n/en/search';

export const en = {
  common,
  account,
  booking,
  discover,
  emotion,
  friends,
  messages,
  mood,
  problems,
  rooms,
  search,
};
