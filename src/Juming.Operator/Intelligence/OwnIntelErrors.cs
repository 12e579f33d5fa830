using Juming.Platform.Handlers;

namespace Juming.Operator.Intelligence;

/// <summary>Refusals of an operator's own indicators.</summary>
internal static class OwnIntelErrors
{
    public static readonly Error NothingToAdd = new(ErrorKind.Invalid, "ownintel.nothing-to-add", "There is no value in the text.", Field: "Text");
    public static readonly Error InThePast = new(ErrorKind.Invalid, "ownintel.in-the-past", "The end must lie ahead.", Field: "Until");
    public static readonly Error Full = new(ErrorKind.TooLarge, "ownintel.full", "More than {most} indicators would count at once; withdraw some first.", Field: "Text");
    public static readonly Error NoSuchIndicator = new(ErrorKind.NotFound, "ownintel.no-such-indicator", "There is no such indicator that counts.");
}
