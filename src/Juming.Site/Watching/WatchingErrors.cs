using Juming.Platform.Handlers;

namespace Juming.Site.Watching;

/// <summary>Every refusal of the watch list.</summary>
internal static class WatchingErrors
{
    public static readonly Error NoSuchWatch = new(ErrorKind.NotFound, "watching.no-such-watch", "There is no entry with this identity on the watch list.");
    public static readonly Error Unreadable = new(ErrorKind.Invalid, "watching.unreadable", "{value} is no address, network no wider than /8 (IPv6 /16), host name or account of the kind that was chosen.", Field: "Value");
    public static readonly Error InThePast = new(ErrorKind.Invalid, "watching.in-the-past", "The end must lie ahead.", Field: "Until");
    public static readonly Error Full = new(ErrorKind.Conflict, "watching.full", "{most} values are watched already; end some, or raise Modules:Watching:MostWatches.");
    public static readonly Error Ended = new(ErrorKind.Conflict, "watching.ended", "This entry has ended already.");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "watching.changed-meanwhile", "{by} changed this entry meanwhile; look at it again, then decide.");
}
