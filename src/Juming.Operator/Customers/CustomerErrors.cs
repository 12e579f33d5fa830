using Juming.Platform.Handlers;

namespace Juming.Operator.Customers;

/// <summary>Every refusal of customers.</summary>
internal static class CustomerErrors
{
    public static readonly Error NoSuchUnit = new(ErrorKind.NotFound, "customers.no-such-unit", "There is no such customer or unit.");
    public static readonly Error NoSuchSite = new(ErrorKind.NotFound, "customers.no-such-site", "There is no such site.");
    public static readonly Error NoSuchSiteIncident = new(ErrorKind.NotFound, "customers.no-such-incident", "The site has told of no such incident.");
    public static readonly Error NameTaken = new(ErrorKind.Conflict, "customers.name-taken", "The name “{name}” is taken already, perhaps by something archived.", Field: "Name");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "customers.changed-meanwhile", "It was changed meanwhile; look at it again, then decide.");
    public static readonly Error NotBelowItself = new(ErrorKind.Invalid, "customers.not-below-itself", "A unit can't lie below itself, and a customer below nobody.");
    public static readonly Error TooDeep = new(ErrorKind.Invalid, "customers.too-deep", "Units can be nested six deep.");
    public static readonly Error TooMany = new(ErrorKind.Invalid, "customers.too-many", "There are as many as there may be: {most}.");
    public static readonly Error NotEmpty = new(ErrorKind.Conflict, "customers.not-empty", "It still has sites or units that are not archived; archive these first.");
    public static readonly Error StillJoined = new(ErrorKind.Conflict, "customers.still-joined", "The site is still let in; shut it out first.");
    public static readonly Error Archived = new(ErrorKind.Conflict, "customers.archived", "It is archived; take it out of the archive first.");
}
