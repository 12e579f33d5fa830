using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Events;

/// <summary>Look at raw events. Not for the system administrator: who keeps the machine running need not read what it holds.</summary>
public sealed class EventsRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "events.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Every refusal of the log search.</summary>
internal static class EventsErrors
{
    public static readonly Error BadQuery = new(ErrorKind.Invalid, "events.bad-query", "{reason}", Field: "Query");
    public static readonly Error NoSuchEvent = new(ErrorKind.NotFound, "events.no-such-event", "There is no such event; it may be past its retention.");

    public static Error Of(SearchQueryException e) => BadQuery.With("reason", e.Message).With("code", e.Code)
        .With("position", e.Position.ToString(System.Globalization.CultureInfo.InvariantCulture)).With("length", e.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
