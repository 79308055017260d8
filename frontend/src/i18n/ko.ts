import { account } from '@/i18n/ko/account';
import { common } from '@/i18n/ko/common';
import { emotion } from '@/i18n/ko/emotion';
import { friends } from '@/i18n/ko/friends';
import { messages } from '@/i18n/ko/messages';
import { order } from '@/i18n/ko/order';
import { problems } from '@/i18n/ko/problems';
import { rooms } from '@/i18n/ko/rooms';

export const ko = { common, account, emotion, friends, messages, order, problems, rooms };
