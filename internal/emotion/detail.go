package emotion

import (
	"encoding/binary"
	"errors"
	"slices"
)

// What is shown of a reading but never searched for is kept in a few bytes, in this order: the form; the scores, 1/10000 in two bytes
// each; the labels and the fine labels, by their places, each after their number; the evidence after its number, each span as the
// distance from the end of the one before and its length; the Korean and the English sentence after their lengths, if there is any.
// Numbers without a size are varints.

const (
	detailForm = 1
	detailRoom = 48 // bytes that a detail takes, nearly always
)

var errDetail = errors.New("not the detail of a reading")

func appendDetail(dst []byte, r *Reading) []byte {
	dst = append(dst, detailForm)
	for _, score := range r.Scores {
		dst = binary.BigEndian.AppendUint16(dst, uint16(tenThousandths(score)))
	}
	dst = appendPlaces(dst, r.Labels, labelPlace)
	dst = appendPlaces(dst, r.Fine, finePlace)
	dst = binary.AppendUvarint(dst, uint64(len(r.Evidence)))
	end := 0
	for _, span := range r.Evidence {
		dst = binary.AppendUvarint(dst, uint64(span.Start-end))
		dst = binary.AppendUvarint(dst, uint64(span.End-span.Start))
		end = span.End
	}
	if r.Said == (Said{}) {
		return dst
	}
	for _, sentence := range []string{r.Said.Korean, r.Said.English} {
		dst = append(binary.AppendUvarint(dst, uint64(len(sentence))), sentence...)
	}
	return dst
}

// appendPlaces leaves out a name that is none of ours.
func appendPlaces[N ~string](dst []byte, names []N, place func(N) int) []byte {
	count := len(dst)
	dst = append(dst, 0)
	for _, name := range names {
		if at := place(name); at >= 0 {
			dst[count]++
			dst = append(dst, byte(at))
		}
	}
	return dst
}

func labelPlace(label Label) int {
	labels := Labels()
	return slices.Index(labels[:], label)
}

func finePlace(name string) int {
	names := FineLabels()
	return slices.Index(names[:], name)
}

// readDetail reads what appendDetail wrote.
func (r *Reading) readDetail(detail []byte) error {
	d := detailReader{rest: detail}
	if form := d.bytes(1); form == nil || form[0] != detailForm {
		return errDetail
	}
	for i := range r.Scores {
		if b := d.bytes(2); b != nil {
			r.Scores[i] = float64(binary.BigEndian.Uint16(b)) / 1e4
		}
	}
	labels, fine := Labels(), FineLabels()
	r.Labels = readPlaces(&d, labels[:])
	r.Fine = readPlaces(&d, fine[:])
	end := 0
	for range d.number() {
		start := end + d.number()
		end = start + d.number()
		if d.broken {
			break
		}
		r.Evidence = append(r.Evidence, Span{Start: start, End: end})
	}
	if !d.broken && len(d.rest) > 0 {
		r.Said.Korean = string(d.bytes(d.number()))
		r.Said.English = string(d.bytes(d.number()))
	}
	if d.broken || len(d.rest) > 0 {
		return errDetail
	}
	return nil
}

func readPlaces[N ~string](d *detailReader, names []N) (found []N) {
	for range d.number() {
		at := d.number()
		if d.broken || at >= len(names) {
			d.broken = true
			return nil
		}
		found = append(found, names[at])
	}
	return found
}

// detailReader reads on from where it is; once broken it gives nothing any more.
type detailReader struct {
	rest   []byte
	broken bool
}

func (d *detailReader) bytes(n int) []byte {
	if d.broken || n > len(d.rest) {
		d.broken = true
		return nil
	}
	read := d.rest[:n]
	d.rest = d.rest[n:]
	return read
}

// number reads a varint; none of ours is larger than the longest text.
func (d *detailReader) number() int {
	n, size := binary.Uvarint(d.rest)
	if d.broken || size <= 0 || n > 1<<16 {
		d.broken = true
		return 0
	}
	d.rest = d.rest[size:]
	return int(n)
}
