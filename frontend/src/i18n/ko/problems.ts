/** Words for what can go wrong: by the problem's stable code where we know it, else by its kind. */
export const problems = {
  title: '불러오지 못했어요',
  unreachable: '서버에 닿지 않아요. 연결을 확인하고 다시 시도해 주세요.',
  server: '서버에 문제가 생겼어요. 잠시 뒤에 다시 시도해 주세요.',
  forbidden: '지금은 할 수 없는 일이에요.',
  notFound: '찾을 수 없어요. 이미 없어졌거나 볼 수 없는 것이에요.',
  conflict: '그사이 달라진 것이 있어요. 다시 확인해 주세요.',
  invalid: '입력한 내용을 확인해 주세요.',
  signedOut: '로그인이 끝났어요. 다시 로그인해 주세요.',
  limited: '너무 자주 시도했어요. {{wait}} 뒤에 다시 해 주세요.',
  busy: '서버가 바빠요. {{wait}} 뒤에 다시 해 주세요.',
  soon: '잠시',
  seconds_other: '{{count}}초',
  minutes_other: '{{count}}분',
} as const;
