using Juming.Site.Tests.ThreatIntel;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>Indicators at a site on PostgreSQL: met, muted, found later, entered, imported; bulletins.</summary>
[Category("C1.4")]
[NonParallelizable]
internal sealed class SiteIntelTests : MatchCases
{
    protected override Task<Dictionary<string, string?>> Database() => TestDatabases.Make(TestDatabases.Postgres);
}

/// <summary>Sets and changes at a site on PostgreSQL.</summary>
[Category("C1.3")]
internal sealed class SiteIntelSetTests : SetCases
{
    protected override Task<Dictionary<string, string?>> Database() => TestDatabases.Make(TestDatabases.Postgres);
}
