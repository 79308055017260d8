import { AreaFilter } from '@/features/booking/area-filter';
import { DiscoverPane } from '@/features/rooms/discover-pane';

/** The list of open rooms, with the neighbourhoods to narrow it by. */
export function DiscoverSection() {
  return <DiscoverPane AreaFilter={AreaFilter} />;
}
