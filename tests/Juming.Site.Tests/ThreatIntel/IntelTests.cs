using NUnit.Framework;

namespace Juming.Site.Tests.ThreatIntel;

/// <summary>The cases on SQLite, in the data folder; those of tiers run them on PostgreSQL too.</summary>
[Category("C1.4")]
[NonParallelizable]
internal sealed class MatchTests : MatchCases
{
    protected override Task<Dictionary<string, string?>> Database() => Task.FromResult(new Dictionary<string, string?>());
}

/// <summary>The same for sets.</summary>
[Category("C1.3")]
internal sealed class SetTests : SetCases
{
    protected override Task<Dictionary<string, string?>> Database() => Task.FromResult(new Dictionary<string, string?>());
}
