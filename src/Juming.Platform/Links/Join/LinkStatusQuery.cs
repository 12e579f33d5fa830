using Juming.Platform.Handlers;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Lower;

namespace Juming.Platform.Links.Join;

/// <summary>How this host's link to the one above stands.</summary>
internal sealed record DescribeLink : IQuery<LinkView>, INeeds<LinksRead>;

/// <summary>How a link stands.</summary>
/// <param name="State">NotJoined, Connecting, Connected or Waiting.</param>
/// <param name="Since">Since when.</param>
/// <param name="Problem">Why it is not connected, a stable code; empty when it is.</param>
/// <param name="Detail">More about that, as it came.</param>
/// <param name="HeardAt">When the other end last said something.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Upper">Who it is.</param>
/// <param name="Self">Who this host is there.</param>
/// <param name="CertificateUntil">How long the certificate holds.</param>
internal sealed record LinkView(string State, DateTimeOffset Since, string Problem, string Detail, DateTimeOffset? HeardAt, string Url, Guid? Upper, Guid? Self, DateTimeOffset? CertificateUntil);

file sealed class Handler(Membership membership, LinkStatus status) : IQueryHandler<DescribeLink, LinkView>
{
    public async Task<Result<LinkView>> Handle(DescribeLink request, CancellationToken ct)
    {
        var found = await membership.Look(ct);
        var (state, since, problem, detail, heard) = status.Now;
        return new LinkView((found is null ? LinkState.NotJoined : state).ToString(), since, problem, detail, heard, found?.Url ?? "", found?.Upper, found?.Self, found?.CertificateUntil);
    }
}
