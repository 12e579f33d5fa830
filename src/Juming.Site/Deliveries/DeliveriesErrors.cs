using Juming.Platform.Handlers;

namespace Juming.Site.Deliveries;

/// <summary>Refusals of deliveries.</summary>
internal static class DeliveriesErrors
{
    /// <summary>Signed, and yet not what this release reads.</summary>
    public static readonly Error Unreadable = new(ErrorKind.Invalid, "deliveries.unreadable", "'{file}' is signed and whole, and this release of the program can't read it. Upgrade this site.");

    /// <summary>There is no such pack.</summary>
    public static readonly Error NoSuchPack = new(ErrorKind.NotFound, "deliveries.no-such-pack", "There is no such pack.");

    /// <summary>It is not open any more.</summary>
    public static readonly Error NotOpen = new(ErrorKind.Conflict, "deliveries.not-open", "This version is not open to a decision any more; look at it again.");

    /// <summary>Nothing to go back to.</summary>
    public static readonly Error NothingBefore = new(ErrorKind.Conflict, "deliveries.nothing-before", "There is no earlier version that was in force here.");

    /// <summary>This site has no module for it.</summary>
    public static readonly Error NoTaker = new(ErrorKind.Conflict, "deliveries.no-taker", "The part of the program that packs of this kind are for is switched off here.");
}

/// <summary>A delivery was refused.</summary>
internal sealed class DeliveryException(Error refusal) : RefusalException(refusal.ToString())
{
    /// <inheritdoc/>
    public override Error Refusal => refusal;
}
