using Juming.Cloud.Distribution;
using Juming.Cloud.Operators;
using Juming.Cloud.Overview;
using Juming.Cloud.ThreatIntel;
using Juming.Operator.Customers;
using Juming.Operator.Intelligence;
using Juming.Operator.Overview;
using Juming.Platform.Access;
using Juming.Platform.Bulletins;
using Juming.Platform.Content;
using Juming.Platform.Library;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Platform.Vault;
using Juming.Site.Approvals;
using Juming.Site.Assets;
using Juming.Site.Blocking;
using Juming.Site.Collection;
using Juming.Site.Deliveries;
using Juming.Site.Detection;
using Juming.Site.DeviceLinkage;
using Juming.Site.Events;
using Juming.Site.Incidents;
using Juming.Site.Overview;
using Juming.Site.Response;
using Juming.Site.Ssh;
using Juming.Site.ThreatIntel;
using Juming.Site.Tickets;
using Juming.Site.Watching;

namespace Juming;

/// <summary>The one table: tier → modules.</summary>
public static class Tiers
{
    /// <summary>Tier 1: intelligence, models, library.</summary>
    public static readonly TierDefinition Cloud = new("cloud", 1, 8441, [new AccessModule(), new VaultModule(), new NotifyModule(), new LinksModule(isTop: true), new ContentModule(), new ThreatIntelModule(), new DistributionModule(), new LibraryModule(), new BulletinsModule(), new OperatorsModule(), new CloudOverviewModule()]);

    /// <summary>Tier 2: the service provider's platform.</summary>
    public static readonly TierDefinition Operator = new("operator", 2, 8442, [new AccessModule(), new VaultModule(), new NotifyModule(), new LinksModule(isTop: false), new ContentModule(), new LibraryModule(), new BulletinsModule(), new CustomersModule(), new OwnIntelModule(), new OperatorOverviewModule()]);

    /// <summary>Tier 3: inside the customer's network.</summary>
    public static readonly TierDefinition Site = new("site", 3, 8443, [new AccessModule(), new VaultModule(), new NotifyModule(), new LinksModule(isTop: false), new ContentModule(), new EventsModule(), new IntelModule(), new DetectionModule(), new CollectionModule(), new AssetsModule(), new WatchingModule(), new IncidentsModule(), new TicketsModule(), new ApprovalsModule(), new BlockingModule(), new LinkageModule(), new SshModule(), new ResponseModule(), new DeliveriesModule(), new OverviewModule()]);

    /// <summary>All of them, in their order.</summary>
    public static readonly IReadOnlyList<TierDefinition> All = [Cloud, Operator, Site];

    /// <summary>The tiers that a value of <c>--tier</c> names: a name, a number, or "all". Empty when it names none.</summary>
    public static IReadOnlyList<TierDefinition> Parse(string value) =>
        value.Equals("all", StringComparison.OrdinalIgnoreCase)
            ? All
            : [.. All.Where(t => t.Name.Equals(value, StringComparison.OrdinalIgnoreCase) || t.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) == value)];
}
