using System.Net;
using System.Text.Json;
using Juming.Platform.Modules;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Operations;

/// <summary>What strangers may ask costs little and tells little.</summary>
[Category("X8")]
internal sealed class ReadinessTests
{
    [Test]
    public async Task Many_callers_of_one_second_share_one_look_and_the_next_second_looks_again()
    {
        var part = new Counted();
        await using var tier = await RunningTier.Start("cloud", services: services => services.AddSingleton<IReadiness>(part));
        using var client = tier.Client();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.GetAsync("/readyz")));
        Assert.That(part.Looks, Is.InRange(1, 5), "50 calls within a moment");
        var before = part.Looks;
        part.Level = ReadinessLevel.Bad;
        await Task.Delay(1_100);
        using var answer = await client.GetAsync("/readyz");
        Assert.That((part.Looks, answer.StatusCode), Is.EqualTo((before + 1, HttpStatusCode.ServiceUnavailable)));
    }

    [Test]
    public async Task A_stranger_is_told_parts_and_levels_and_no_sentence()
    {
        await using var tier = await RunningTier.Start("cloud", services: services => services.AddSingleton<IReadiness>(new Counted()));
        using var client = tier.Client();
        var text = await client.GetStringAsync("/readyz");
        Assert.That(text, Does.Not.Contain(Counted.Sentence));
        Assert.That(JsonDocument.Parse(text).RootElement.EnumerateObject().Select(p => p.Value.GetString()), Is.Not.Empty.And.All.AnyOf("good", "warning", "bad"));
    }

    private sealed class Counted : IReadiness
    {
        public const string Sentence = "/srv/secret/place is 91 % full";
        private int _looks;

        public int Looks => _looks;
        public ReadinessLevel Level { get; set; } = ReadinessLevel.Good;
        public string Name => "counted";

        public Task<ReadinessReport> Look(CancellationToken ct)
        {
            Interlocked.Increment(ref _looks);
            return Task.FromResult(new ReadinessReport(Level, Sentence, Sentence));
        }
    }
}
