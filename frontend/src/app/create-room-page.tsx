import { BoxPicker } from '@/features/booking/box-picker';
import { StorePicker } from '@/features/booking/store-picker';
import { CreateWizard } from '@/features/rooms/create-wizard';

/** Creating a room, with the places of pickup rooms to choose from. */
export function CreateRoomPage() {
  return <CreateWizard BoxPicker={BoxPicker} StorePicker={StorePicker} />;
}
