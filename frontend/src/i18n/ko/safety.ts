export const safety = {
  proof: {
    title: '비밀번호를 한 번 더 적어 주세요',
    text: '쉽게 되돌릴 수 없는 일이라 본인인지 확인할게요. 한 번 확인하면 5분 동안 이어져요.',
    password: '비밀번호',
    missing: '비밀번호를 적어 주세요.',
    wrong: '비밀번호가 달라요.',
    submit: '계속하기',
    busy: '확인하는 중…',
  },
} as const;
