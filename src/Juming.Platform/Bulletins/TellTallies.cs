using Google.Protobuf;
using Juming.Contracts.Bulletins;
using Juming.Contracts.Egress;
using Juming.Platform.Content;
using Juming.Platform.Links;

namespace Juming.Platform.Bulletins;

/// <summary>Tells the host above how far the sites here are with its bulletins: counts alone, and no name of anybody.</summary>
internal sealed class TellTallies(IContentPublisher publisher, IContent content, IPeerNames below, ILinkDesk links, IEgress egress)
{
    /// <summary>Tells how it stands; the gate sends nothing anew that it has sent.</summary>
    public async Task Run(CancellationToken ct)
    {
        // Whoever publishes at the top has nobody to tell.
        if ((await publisher.Prefix(ct)).Length == 0) return;
        const string Above = ContentKinds.Intelligence + "/" + BulletinDocument.Folder;
        var standing = content.Targets.Where(t => t.Path.StartsWith(Above, StringComparison.Ordinal)).ToList();
        if (standing.Count == 0) return;
        var names = await below.Below(ct);
        var answers = await BulletinAnswers.Of(links, names.Keys, ct);
        foreach (var target in standing)
        {
            if (BulletinPaths.IdOf(target.Path) is not { } id) continue;
            var said = answers[id].ToList();
            var verdict = await egress.Send(new BulletinTally
            {
                Bulletin = ByteString.CopyFrom(id.ToByteArray(bigEndian: true)),
                Sites = (uint)names.Count,
                Received = (uint)said.Sum(a => a.Received),
                Acknowledged = (uint)said.Sum(a => a.Acknowledged),
                Done = (uint)said.Sum(a => a.Done),
                AssetsAffected = (uint)Math.Min(said.Sum(a => a.AssetsAffected), 10_000_000),
                AssetsFixed = (uint)Math.Min(said.Sum(a => a.AssetsFixed), 10_000_000),
            }, ct);
            if (verdict.Outcome is EgressOutcome.NotJoined or EgressOutcome.Refused) return;
        }
    }
}
