/** Words for what can go wrong: by the problem's stable code where we know it, else by its kind. */
export const problems = {
  title: 'This could not be loaded',
  unreachable: 'The server cannot be reached. Check your connection and try again.',
  server: 'Something went wrong on the server. Please try again in a moment.',
  forbidden: 'This is not possible right now.',
  notFound: 'It was not found. It may be gone, or not yours to see.',
  conflict: 'Something changed in the meantime. Please look again.',
  invalid: 'Please check what you entered.',
  signedOut: 'Your session has ended. Please log in again.',
  limited: 'That was too many tries. Please try again in {{wait}}.',
  busy: 'The server is busy. Please try again in {{wait}}.',
  soon: 'a moment',
  seconds_one: '{{count}} second',
  seconds_other: '{{count}} seconds',
  minutes_one: '{{count}} minute',
  minutes_other: '{{count}} minutes',
  /** By the server's stable code. */
  codes: {
    room: {
      not_found: 'This room was not found. It may be gone, or you are not in it.',
      read_only: 'You can read this chat, but not write in it any more.',
      closed: 'This room has ended. You can still read it.',
      full: 'Every seat in this room is taken.',
      joining_closed: 'The order has started, so nobody can join any more.',
      kicked: 'You were removed from this room and cannot come back.',
      password_required: 'This room asks for a password.',
      password_wrong: 'This is not the password of this room.',
      invite_invalid: 'This invite has expired or was withdrawn. Ask for a new one.',
      host_only: 'Only the host can do that.',
      not_group: 'This is possible in group rooms only.',
      not_pickup: 'This is possible in pickup rooms only.',
      title_taken: 'There is an open room with this title already. Please choose another one.',
      too_small: 'There are more members than that already.',
      extensions_used: 'The time was extended three times already.',
      phase_order: 'The steps go one after the other, and never back.',
      version:
        'The room has changed in the meantime. Please look again; what you entered is still here.',
    },
    member: {
      not_found: 'This person is not in the room any more.',
      self: 'You cannot do that to yourself.',
    },
    order: {
      confirmed: 'The order is confirmed and stays as it is.',
      too_late: 'The order is complete, so nothing can be chosen any more.',
      incomplete: 'Somebody has not chosen yet.',
      empty: 'Nobody has chosen a dish yet.',
      below_minimum: 'This is less than the store delivers.',
      item_gone: 'A chosen dish is not on the menu any more. Please choose again.',
      not_delivered: 'The order has not been delivered yet.',
      nothing: 'You ordered nothing, so there is nothing to receive.',
    },
    box: {
      not_found: 'This box was not found.',
      booked: 'Another room has this box at the moment. Please choose another one.',
      out_of_order: 'This box does not work at the moment.',
      not_booked: 'No room has this box at the moment.',
      wrong_code: 'This code does not open the box.',
      nothing_expected: 'No order is on its way to this box.',
    },
    store: {
      not_found: 'This store was not found.',
    },
    menu: {
      not_found: 'This dish is not on the menu.',
    },
    friend: {
      blocked: 'You have blocked this person. Unblock them first.',
    },
    message: {
      deleted: 'This message has been deleted.',
      reactions_full: 'There are too many different reactions here already.',
    },
    readings: {
      forgetting: 'Your readings are being forgotten. Please try again in a moment.',
    },
    emotion: {
      off: 'Readings are off here.',
      hidden: 'You have hidden readings. Show them again under “Me › Readings”.',
    },
  },
} as const;
