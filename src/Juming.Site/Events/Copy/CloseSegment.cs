using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Copy;

/// <summary>Ends the segment that is being written, so that everything stored until now lies in files that no longer change: what a backup of a running site takes.</summary>
internal sealed record CloseSegment : ICommand<ClosedSegments>, INeeds<HostCopy>;

/// <summary>What may be copied.</summary>
/// <param name="Open">Name of the file that is written from now on; it is not to be copied.</param>
/// <param name="Events">Events in the others.</param>
internal sealed record ClosedSegments(string Open, long Events);

file sealed class Handler(DuckEventStore store) : ICommandHandler<CloseSegment, ClosedSegments>
{
    public async Task<Result<ClosedSegments>> Handle(CloseSegment request, CancellationToken cancellationToken)
    {
        try
        {
            var (open, events) = await store.Close(cancellationToken);
            return new ClosedSegments(Path.GetFileName(open), events);
        }
        catch (EventStoreFullException)
        {
            return EventsErrors.NoRoomToClose;
        }
    }
}
