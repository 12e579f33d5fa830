using Juming.Platform.Modules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Modules;

[Category("X1")]
public sealed class SettingsTests
{
    private sealed class Sample
    {
        [System.ComponentModel.DataAnnotations.Range(1, 10)]
        public int Number { get; set; } = 5;

        public bool Flag { get; set; }

        public DayOfWeek Day { get; set; }

        public string[] Names { get; set; } = [];

        public TimeSpan Pause { get; set; }

        public string[] Ports { get; set; } = ["5514"];
    }

    [Test]
    public void A_list_that_is_configured_takes_the_place_of_the_default_one()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Bound(new() { ["Sample:Ports:0"] = "1", ["Sample:Ports:1"] = "2" }).Ports, Is.EqualTo(new[] { "1", "2" }));
            Assert.That(Bound(new() { ["Sample:Number"] = "7" }).Ports, Is.EqualTo(new[] { "5514" }));
        });
    }

    private static Sample Bound(Dictionary<string, string?> values)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        using var provider = services.AddSettings<Sample>("Sample").BuildServiceProvider();
        return provider.GetRequiredService<Sample>();
    }

    [TestCase("Sample:Number", "7")]
    [TestCase("sample:number", "7")]
    [TestCase("Sample:Flag", "true")]
    [TestCase("Sample:Day", "Monday")]
    [TestCase("Sample:Names:0", "a")]
    [TestCase("Sample:Pause", "00:00:05")]
    [TestCase("Modules:events:Enabled", "false")]
    public void Known_keys_with_fitting_values_pass(string key, string value) => Assert.DoesNotThrow(() => Check(key, value));

    [TestCase("Sample:Nummer", "7", "Number")]
    [TestCase("Smaple:Number", "7", "Sample")]
    [TestCase("Sample:Number", "eleven", "number")]
    [TestCase("Sample:Number", "11", "1 to 10")]
    [TestCase("Sample:Flag", "yes please", "true, false")]
    [TestCase("Sample:Day", "Someday", "Monday")]
    [TestCase("Sample:Pause", "soon", "duration")]
    [TestCase("Modules:nothing:Enabled", "false", "events")]
    [TestCase("Modules:events:Enabled", "off", "true, false")]
    public void A_wrong_key_or_value_is_named_with_what_is_accepted(string key, string value, string accepted)
    {
        var refusal = Assert.Throws<SettingsException>(() => Check(key, value))!;
        Assert.Multiple(() =>
        {
            Assert.That(refusal.Message, Does.Contain(accepted));
            Assert.That(refusal.Key, Is.EqualTo(key).IgnoreCase);
        });
    }

    private static void Check(string key, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build();
        Settings.Check(configuration, [new SettingsSection("Sample", typeof(Sample))], ["events"]);
    }
}
