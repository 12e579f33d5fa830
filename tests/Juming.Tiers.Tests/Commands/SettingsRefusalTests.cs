using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

/// <summary>A wrong key or value stops the start with the key, the reason and what is accepted, through the real command line.</summary>
[Category("X5")]
[NonParallelizable]
public sealed class SettingsRefusalTests
{
    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Cli.Folder();

    [TearDown]
    public void Clean() => Directory.Delete(_folder, true);

    [TestCase("Log:Level=Loud", "Log:Level", "Information")]
    [TestCase("Log:File=perhaps", "Log:File", "true, false")]
    [TestCase("Modules:Detection:Enabled=off", "Modules:detection:Enabled", "true, false")]
    [TestCase("Modules:Access:Enabled=false", "Modules:access:Enabled", "true")]
    [TestCase("Modules:Detection:Enabled=false", "Modules:detection:Enabled", "true")]
    [TestCase("Modules:Detektion:Enabled=true", "Modules:Detektion:Enabled", "detection")]
    [TestCase("Modules:Collection:Zone=Mars/Olympus", "Modules:Collection:Zone", "Asia/Shanghai")]
    [TestCase("Modules:Collection:Udp=127.0.0.1:0", "Modules:Collection:Udp", "Udp:0")]
    [TestCase("Modules:Collection:Udp:first=127.0.0.1:0", "Modules:Collection:Udp:first", "0, 1, 2")]
    [TestCase("Modules:Collection:Tls:0=everywhere", "Modules:Collection:Tls", "0.0.0.0:5514")]
    [TestCase("Modules:Collection:Tcp:0=127.0.0.1", "Modules:Collection:Tcp", "address:port")]
    [TestCase("Modules:Collection:Tcp:0=198.51.100.7:5514", "Modules:Collection:Tcp", "address of this machine")]
    [TestCase("Modules:Collection:UnixSockets:0=/no/such/folder/eve.sock", "Modules:Collection:UnixSockets", "a folder that exists")]
    [TestCase("Modules:Collection:JoinedFiles:0=/var/log/a.log first=(", "Modules:Collection:JoinedFiles", "first=REGEX")]
    [TestCase("Modules:Collection:JoinedFiles:0=/var/log/a.log first=(?<=x)y", "Modules:Collection:JoinedFiles", "look-around")]
    [TestCase("Modules:Collection:JoinedFiles:0=/var/log/", "Modules:Collection:JoinedFiles", "last part")]
    [TestCase("Modules:Collection:Workers=99999999999", "Modules:Collection:Workers", "number")]
    [TestCase("Modules:Collection:Workers=65", "Modules:Collection:Workers", "0 to 64")]
    [TestCase("Modules:Assets:Networks:0=10.0.0.0", "Modules:Assets:Networks", "10.0.0.0/8")]
    [TestCase("Modules:Incidents:OpenFrom=Huge", "Modules:Incidents:OpenFrom", "Medium")]
    [TestCase("Web:Urls=http://127.0.0.1:0", "Web:Urls", "https://host:port")]
    [TestCase("Web:Urls=nonsense", "Web:Urls", "https://host:port")]
    [TestCase("Web:Urls=https://127.0.0.1:99999", "Web:Urls", "1 to 65535")]
    [TestCase("Web:Urls=https://localhost:0", "Web:Urls", "with an IP address")]
    [TestCase("Web:Urls=https://127.0.0.1:0;", "Web:Urls", "https://host:port")]
    [TestCase("Web:Urls=https://127.0.0.1:0/juming", "Web:Urls", "https://host:port")]
    [TestCase("Web:Urls=https://198.51.100.7:8443", "Web:Urls", "addresses of this machine")]
    [TestCase("Web:Urls:Length=3", "Web:Urls:Length", "Web:Urls")]
    [TestCase("Web:Zone=Mars/Olympus", "Web:Zone", "Asia/Shanghai")]
    [TestCase("Web:CertificateFile=/no/such.pfx", "Web:CertificateFile", "PFX")]
    [TestCase("Web:CertificateKeyFile=/no/such.key", "Web:CertificateKeyFile", "empty")]
    [TestCase("Web:CertificateFile=/etc/hostname", "Web:CertificateFile", "PFX")]
    [TestCase("Database:ConnectionString=nonsense", "Database:ConnectionString", "Host=")]
    [TestCase("Nonsense=1", "Nonsense", "Web:")]
    public void A_wrong_setting_is_told_with_what_is_accepted(string set, string key, string accepted)
    {
        string[] udp = set.Contains(":Udp", StringComparison.Ordinal) ? [] : ["--set", "Modules:Collection:Udp:0=127.0.0.1:0"];
        string[] tcp = set.Contains(":Tcp", StringComparison.Ordinal) ? [] : ["--set", "Modules:Collection:Tcp:0=127.0.0.1:0"];
        string[] web = set.StartsWith("Web:Urls", StringComparison.Ordinal) ? [] : ["--urls", "https://127.0.0.1:0"];
        Refused(Cli.Run(["--tier", "site", "--data", _folder, .. udp, .. tcp, .. web, "--set", set]), key, accepted);
    }

    [TestCase("{ \"Log\": { \"Level\": ", "can't be read")]
    [TestCase("[]", "can't be read")]
    [TestCase("", "can't be read")]
    [TestCase("{ \"Log\": { \"File\": true, \"File\": false } }", "can't be read")]
    public void A_settings_file_that_is_no_settings_file_is_named(string text, string reason)
    {
        var file = Path.Combine(_folder, "my.json");
        File.WriteAllText(file, text);
        Refused(Cli.Run("--tier", "site", "--data", _folder, "--settings", file), "--settings", "one JSON object", reason, file);
    }

    [Test]
    public void A_null_in_the_file_is_no_value()
    {
        var file = Path.Combine(_folder, "my.json");
        File.WriteAllText(file, "{ \"Web\": { \"Urls\": null }, \"Modules\": {} }");
        Refused(Cli.Run("--tier", "cloud", "--data", _folder, "--settings", file), "Web:Urls", "leave the key out");
    }

    [Test]
    public void A_settings_file_is_looked_for_where_the_caller_stands()
    {
        var file = Path.Combine(_folder, "my.json");
        File.WriteAllText(file, "{ \"Web\": { \"Urls\": \"ftp://x:1\" } }");
        Refused(Cli.Run("--tier", "cloud", "--data", _folder, "--settings", Path.GetRelativePath(Environment.CurrentDirectory, file)), "Web:Urls", "https://host:port");
    }

    [Test]
    public void Settings_of_a_module_that_is_left_out_keep_and_are_still_checked()
    {
        string[] without = ["doctor", "--tier", "site", "--data", _folder, "--set", "Modules:Overview:Enabled=false", "--set", "Modules:Incidents:Enabled=false", "--set", "Modules:Incidents:SweepVictims="];
        Assert.That(Cli.Run([.. without[..^1], "Modules:Incidents:SweepVictims=7"]).Code, Is.Zero.Or.EqualTo(1));
        Refused(Cli.Run([.. without[..^1], "Modules:Incidents:SweepVictims=1"]), "Modules:Incidents:SweepVictims", "2 to 1000");
    }

    private static void Refused(Cli run, params string[] words)
    {
        TestContext.Out.WriteLine(run.Error);
        Assert.Multiple(() =>
        {
            Assert.That(run.Code, Is.EqualTo(2));
            foreach (var word in words) Assert.That(run.Error, Does.Contain(word).IgnoreCase);
            Assert.That(run.Error, Does.Not.Contain("   at "), "no stack trace");
        });
    }
}
