using Juming.Platform.Handlers;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Lower;

namespace Juming.Platform.Links.Join;

/// <summary>Ends this host's link with the one above: its key is forgotten. What was sent stays there.</summary>
internal sealed record LeaveUpper : ICommand<Done>, INeeds<LinksWrite>;

file sealed class Handler(Membership membership, UpperWake wake) : ICommandHandler<LeaveUpper, Done>
{
    public async Task<Result<Done>> Handle(LeaveUpper request, CancellationToken ct)
    {
        if (!await membership.Forget(ct)) return LinksErrors.NotJoined;
        wake.TellLeft();
        return Done.Value;
    }
}
