package grafana

// What Grafana reads, as far as we make use of it. It brings files of an older schema up to date by itself.
const (
	schemaVersion   = 39
	sharedCrosshair = 1
)

type page struct {
	Annotations   annotations `json:"annotations"`
	Description   string      `json:"description"`
	Editable      bool        `json:"editable"`
	GraphTooltip  int         `json:"graphTooltip"`
	ID            *int        `json:"id"`
	Links         []link      `json:"links"`
	Panels        []placed    `json:"panels"`
	Refresh       string      `json:"refresh"`
	SchemaVersion int         `json:"schemaVersion"`
	Tags          []string    `json:"tags"`
	Templating    templating  `json:"templating"`
	Time          timeRange   `json:"time"`
	Timezone      string      `json:"timezone"`
	Title         string      `json:"title"`
	UID           string      `json:"uid"`
	Version       int         `json:"version"`
}

type annotations struct {
	List []annotation `json:"list"`
}

type annotation struct {
	Name            string    `json:"name"`
	Datasource      sourceRef `json:"datasource"`
	Enable          bool      `json:"enable"`
	IconColor       string    `json:"iconColor"`
	Expr            string    `json:"expr"`
	Step            string    `json:"step"`
	TitleFormat     string    `json:"titleFormat"`
	UseValueForTime string    `json:"useValueForTime"`
}

type link struct {
	Type        string   `json:"type"`
	Title       string   `json:"title"`
	Tags        []string `json:"tags"`
	Icon        string   `json:"icon"`
	AsDropdown  bool     `json:"asDropdown"`
	IncludeVars bool     `json:"includeVars"`
	KeepTime    bool     `json:"keepTime"`
}

type templating struct {
	List []variable `json:"list"`
}

// variable is a choice at the top of the page. The query of one of type "query" is an object, that of others is text.
type variable struct {
	Name       string    `json:"name"`
	Label      string    `json:"label"`
	Type       string    `json:"type"`
	Datasource sourceRef `json:"datasource,omitzero"`
	Definition string    `json:"definition,omitempty"`
	Query      any       `json:"query"`
	Current    *choice   `json:"current"`
	IncludeAll bool      `json:"includeAll"`
	AllValue   string    `json:"allValue,omitempty"`
	Multi      bool      `json:"multi"`
	Refresh    int       `json:"refresh,omitempty"`
	Sort       int       `json:"sort,omitempty"`
}

type choice struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}

type timeRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type sourceRef struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// source is the data source that was chosen at the top of the page.
func source() sourceRef { return sourceRef{Type: "prometheus", UID: "${datasource}"} }

// placed is a panel with its place; a row's heading has neither queries nor options.
type placed struct {
	ID          int          `json:"id"`
	Type        string       `json:"type"`
	Title       string       `json:"title"`
	Description string       `json:"description,omitempty"`
	Datasource  *sourceRef   `json:"datasource,omitempty"`
	GridPos     gridPos      `json:"gridPos"`
	FieldConfig *fieldConfig `json:"fieldConfig,omitempty"`
	Options     any          `json:"options,omitempty"`
	Targets     []target     `json:"targets,omitempty"`
	Collapsed   bool         `json:"collapsed,omitempty"`
	Panels      []placed     `json:"panels,omitzero"`
}

type gridPos struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

type target struct {
	RefID        string    `json:"refId"`
	Datasource   sourceRef `json:"datasource"`
	EditorMode   string    `json:"editorMode"`
	Expr         string    `json:"expr"`
	LegendFormat string    `json:"legendFormat"`
	Range        bool      `json:"range"`
}

type fieldConfig struct {
	Defaults  defaults `json:"defaults"`
	Overrides []any    `json:"overrides"`
}

type defaults struct {
	Unit       string     `json:"unit"`
	Min        *float64   `json:"min,omitempty"`
	Decimals   *int       `json:"decimals,omitempty"`
	Color      mode       `json:"color"`
	Custom     *custom    `json:"custom,omitempty"`
	Mappings   []mapping  `json:"mappings"`
	Thresholds thresholds `json:"thresholds"`
}

type mode struct {
	Mode string `json:"mode"`
}

type custom struct {
	DrawStyle       string   `json:"drawStyle"`
	LineWidth       int      `json:"lineWidth"`
	FillOpacity     int      `json:"fillOpacity"`
	ShowPoints      string   `json:"showPoints"`
	SpanNulls       bool     `json:"spanNulls"`
	Stacking        stacking `json:"stacking"`
	ThresholdsStyle mode     `json:"thresholdsStyle"`
}

type stacking struct {
	Mode  string `json:"mode"`
	Group string `json:"group"`
}

type mapping struct {
	Type    string            `json:"type"`
	Options map[string]mapped `json:"options"`
}

type mapped struct {
	Text  string `json:"text"`
	Color string `json:"color"`
	Index int    `json:"index"`
}

type thresholds struct {
	Mode  string `json:"mode"`
	Steps []step `json:"steps"`
}

// step is a colour from a value on; the first has none.
type step struct {
	Color string   `json:"color"`
	Value *float64 `json:"value"`
}

type graphOptions struct {
	Legend  legend  `json:"legend"`
	Tooltip tooltip `json:"tooltip"`
}

type legend struct {
	ShowLegend  bool     `json:"showLegend"`
	DisplayMode string   `json:"displayMode"`
	Placement   string   `json:"placement"`
	Calcs       []string `json:"calcs"`
}

type tooltip struct {
	Mode string `json:"mode"`
	Sort string `json:"sort"`
}

type statOptions struct {
	ColorMode     string `json:"colorMode"`
	GraphMode     string `json:"graphMode"`
	JustifyMode   string `json:"justifyMode"`
	Orientation   string `json:"orientation"`
	TextMode      string `json:"textMode"`
	ReduceOptions reduce `json:"reduceOptions"`
}

type reduce struct {
	Calcs  []string `json:"calcs"`
	Fields string   `json:"fields"`
	Values bool     `json:"values"`
}
