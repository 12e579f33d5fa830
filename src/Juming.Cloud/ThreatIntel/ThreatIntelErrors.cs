using Juming.Platform.Handlers;

namespace Juming.Cloud.ThreatIntel;

/// <summary>Every refusal of intelligence.</summary>
internal static class ThreatIntelErrors
{
    public static readonly Error NoSuchSource = new(ErrorKind.NotFound, "threatintel.no-such-source", "There is no source with this identity that can be changed.");
    public static readonly Error NoSuchIndicator = new(ErrorKind.NotFound, "threatintel.no-such-indicator", "There is no indicator with this identity.");
    public static readonly Error NameTaken = new(ErrorKind.Conflict, "threatintel.name-taken", "There is a source named {name} already.", Field: "Name");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "threatintel.changed-meanwhile", "Somebody changed this source meanwhile; look at it again, then decide.");
    public static readonly Error IsRunning = new(ErrorKind.Conflict, "threatintel.is-running", "The source is being read; try again when that has ended.");
    public static readonly Error BadMapping = new(ErrorKind.Invalid, "threatintel.bad-mapping", "The mapping can't be read: {reason}", Field: "Mapping");
    public static readonly Error NoValueColumn = new(ErrorKind.Invalid, "threatintel.no-value-column", "CSV needs a mapping that names the column of the value, such as {\"value\":\"ioc_value\"}.", Field: "Mapping");
    public static readonly Error NothingToAdd = new(ErrorKind.Invalid, "threatintel.nothing-to-add", "There is no value in the text.", Field: "Text");
    public static readonly Error TooMany = new(ErrorKind.TooLarge, "threatintel.too-many", "These are more than {most} values; enter them in parts.", Field: "Text");
    public static readonly Error InThePast = new(ErrorKind.Invalid, "threatintel.in-the-past", "The end must lie ahead.", Field: "Until");
}
