package io.github.mqttmanager.example.server.seed;

import io.github.mqttmanager.example.server.setting.Settings;
import io.github.mqttmanager.example.server.user.FirstUser;
import io.github.mqttmanager.example.server.user.User;
import io.github.mqttmanager.example.server.user.Users;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Sows what was never sown, before brokers are connected and requests are answered. */
@Component
class Seeds implements SmartInitializingSingleton {
    private final ObjectProvider<Seed> seeds;
    private final Settings settings;
    private final Users users;
    private final TransactionTemplate transactions;

    Seeds(
            ObjectProvider<Seed> seeds,
            Settings settings,
            Users users,
            TransactionTemplate transactions,
            FirstUser firstUser) {
        this.seeds = seeds;
        this.settings = settings;
        this.users = users;
        this.transactions = transactions;
    }

    @Override
    public void afterSingletonsInstantiated() {
        User first = users.first().orElseThrow();
        seeds.orderedStream()
                .filter(Seed::isWanted)
                .forEach(seed -> transactions.executeWithoutResult(status -> sow(seed, first)));
    }

    private void sow(Seed seed, User first) {
        String setting = "seed." + seed.name();
        Optional<String> remembered = settings.find(setting);
        settings.save(setting, remembered.map(seed::keep).orElseGet(() -> seed.sow(first)));
    }
}
