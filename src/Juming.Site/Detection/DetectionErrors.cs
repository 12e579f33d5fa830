using Juming.Platform.Handlers;

namespace Juming.Site.Detection;

/// <summary>Every refusal of detection.</summary>
internal static class DetectionErrors
{
    public static readonly Error NoSuchAlert = new(ErrorKind.NotFound, "detection.no-such-alert", "There is no alert with this identity.");
    public static readonly Error NoSuchRule = new(ErrorKind.NotFound, "detection.no-such-rule", "There is no rule with this identity in force.");
    public static readonly Error NoSuchFilter = new(ErrorKind.NotFound, "detection.no-such-filter", "There is no filter with this identity.");
    public static readonly Error BadCursor = new(ErrorKind.Invalid, "detection.bad-cursor", "The cursor is not one that this list gave; begin without one.", Field: "Cursor");
    public static readonly Error BadFileName = new(ErrorKind.Invalid, "detection.bad-file-name", "The name must end in .yml, .yaml or .zip and hold only letters, digits, dots, dashes and underscores.", Field: "FileName");
    public static readonly Error NothingUsable = new(ErrorKind.Invalid, "detection.nothing-usable", "No rule of the upload can be used: {reason}");
    public static readonly Error TooManyUploads = new(ErrorKind.Conflict, "detection.too-many-uploads", "There are {most} uploaded files already; remove some first.");
    public static readonly Error FilterTooWide = new(ErrorKind.Invalid, "detection.filter-too-wide", "A filter needs at least one field that narrows it down and names the rules it is for.");
    public static readonly Error FilterRefused = new(ErrorKind.Invalid, "detection.filter-refused", "The filter can't be used: {reason}");
    public static readonly Error FilterField = new(ErrorKind.Invalid, "detection.filter-field", "The field {field} can't be used: it is an alias of the correlation, not a field of events.");
    public static readonly Error NoSuchUpload = new(ErrorKind.NotFound, "detection.no-such-upload", "There is no such uploaded file.");
    public static readonly Error UploadExists = new(ErrorKind.Conflict, "detection.upload-exists", "An uploaded file of this name is there already; remove it first.");
    public static readonly Error SearchFitsAll = new(ErrorKind.Invalid, "detection.search-fits-all", "The search fits every event and can't be a rule; narrow it down first.", Field: "Query");
    public static readonly Error SearchByDigest = new(ErrorKind.Invalid, "detection.search-by-digest", "The field {field} is searched by the digest of its value (#…), which Sigma can't say; use a part of the value with a wildcard.", Field: "Query");
    public static readonly Error SearchNumber = new(ErrorKind.Invalid, "detection.search-number", "The field {field} is compared with a number that is out of the range of rules.", Field: "Query");
    public static readonly Error SearchField = new(ErrorKind.Invalid, "detection.search-field", "Rules can't ask {field}: it belongs to the search itself, or has a “|” in its name; take it out of the search.", Field: "Query");
    public static readonly Error RuleRefused = new(ErrorKind.Invalid, "detection.rule-refused", "Nothing was saved. Line {line}: {reason}", Field: "Yaml");
    public static readonly Error RuleFileTooLong = new(ErrorKind.Conflict, "detection.rule-file-too-long", "The file is too long to be edited here; change it where it was made and upload it again.");
    public static readonly Error ListIsWatched = new(ErrorKind.Conflict, "detection.list-is-watched", "This list is the watch list: change it on its page.", Field: "Name");
    public static readonly Error BadListName = new(ErrorKind.Invalid, "detection.bad-list-name", "A list's name holds letters, digits, dashes and underscores only.", Field: "Name");

    /// <summary>The refusal of a rule text by its first problem.</summary>
    public static Error Of(Rules.Draft.RuleProblem problem) => RuleRefused.With("line", problem.Line.ToString(System.Globalization.CultureInfo.InvariantCulture)).With("reason", problem.Reason);
}
