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
    public static readonly Error SearchBusy = new(ErrorKind.Unavailable, "events.search-busy", "Too much is searched at this moment; narrow the time range, or try again in a few seconds.");
    public static readonly Error NoSuchEvent = new(ErrorKind.NotFound, "events.no-such-event", "There is no such event; it may be past its retention.");
    public static readonly Error NoSuchSearch = new(ErrorKind.NotFound, "events.no-such-search", "There is no such search among your own; searches that others share are theirs to change.");
    public static readonly Error TooManySearches = new(ErrorKind.Unavailable, "events.too-many-searches", "You keep 200 searches; forget one first.");
    public static readonly Error NoSuchExport = new(ErrorKind.NotFound, "events.no-such-export", "There is no such export of yours, or its 24 hours are over; export again.");
    public static readonly Error TooManyExports = new(ErrorKind.Unavailable, "events.too-many-exports", "Three exports of yours are under way; wait for one or cancel it.");
    public static readonly Error ExportFailed = new(ErrorKind.Unavailable, "events.export-failed", "The export broke off; the log has the reason. Try again.");
    public static readonly Error NoRoomToClose = new(ErrorKind.Unavailable, "events.no-room-to-close", "The disk has no room for a new segment, so the events can't be copied while the site runs; free space, or take everything else with --no-events.");
    public static readonly Error ExportDisk = new(ErrorKind.Unavailable, "events.export-disk", "The disk has too little room for an export; narrow the search or free space.");

    public static Error Of(SearchQueryException e) => e.Code == SearchQueryException.Busy ? SearchBusy : BadQuery.With("reason", e.Message).With("code", e.Code)
        .With("position", e.Position.ToString(System.Globalization.CultureInfo.InvariantCulture)).With("length", e.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
