using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Content;
using Juming.Platform.Links;
using Juming.Platform.Modules;

namespace Juming.Platform.Library.Packs;

/// <summary>An operator tells the cloud at how many of its sites the cloud's packs stand how: counts, no site by name. The gate sends nothing anew that it has sent.</summary>
internal sealed class TellTally(IContent content, PackStandings standings, IEgress egress, TierContext tier)
{
    /// <summary>Tells what there is to tell.</summary>
    public async Task Run(CancellationToken ct)
    {
        if (tier.Tier.Number != 2) return;
        var told = await standings.Read(ct);
        foreach (var target in content.Targets.Where(t => ContentKinds.Packs.Any(k => t.Path.StartsWith(k + "/", StringComparison.Ordinal))).ToList())
        {
            var id = PackIdentity.Of(target.Path);
            if (!told.Contains(id)) continue;
            var counts = PackStandings.Sum(told[id]);
            var tally = new PackTally
            {
                Pack = ByteString.CopyFrom(id.ToByteArray(bigEndian: true)),
                InForce = (uint)counts.InForce,
                Waiting = (uint)counts.Waiting,
                Refused = (uint)counts.Refused,
                RolledBack = (uint)counts.RolledBack,
                Failed = (uint)counts.Failed,
                Replaced = (uint)counts.Replaced,
                Withdrawn = (uint)counts.Withdrawn,
            };
            if ((await egress.Send(tally, ct)).Outcome is EgressOutcome.NotJoined or EgressOutcome.Refused) return;
        }
    }
}
