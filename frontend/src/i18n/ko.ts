import { account } from '@/i18n/ko/account';
import { booking } from '@/i18n/ko/booking';
import { common } from '@/i18n/ko/common';
import { discover } from '@/i18n/ko/discover';
import { emotion } from '@/i18n/ko/emotion';
import { friends } from '@/i18n/ko/friends';
import { messages } from '@/i18n/ko/messages';
import { mood } from '@/i18n/ko/mood';
import { problems } from '@/i18n/ko/problems';
import { rooms } from '@/i18n/ko/rooms';
import { search } from '@/i18n/ko/search';

export const ko = {
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
