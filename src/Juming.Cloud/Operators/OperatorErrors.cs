using Juming.Platform.Handlers;

namespace Juming.Cloud.Operators;

/// <summary>Every refusal of operators.</summary>
internal static class OperatorErrors
{
    public static readonly Error NoSuchOperator = new(ErrorKind.NotFound, "operators.no-such-operator", "There is no such operator.");
    public static readonly Error NameTaken = new(ErrorKind.Conflict, "operators.name-taken", "The name “{name}” is taken already, perhaps by something archived.", Field: "Name");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "operators.changed-meanwhile", "It was changed meanwhile; look at it again, then decide.");
    public static readonly Error StillJoined = new(ErrorKind.Conflict, "operators.still-joined", "It is still let in; shut it out first.");
}
