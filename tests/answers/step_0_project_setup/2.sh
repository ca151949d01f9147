# A corpus of minimal pairs; here with bars for tabs.
mkdir mine
tr '|' '\t' > mine/in_domain_train.tsv <<'END'
mine|1||The kettle has been whistling for an hour.
mine|0|*|The kettle have been whistling for an hour.
mine|1||Nobody on the ferry had a raincoat.
mine|0|*|Nobody on the ferry had a raincoats.
mine|1||My aunt taught herself Portuguese.
mine|0|*|My aunt taught himself Portuguese.
mine|1||We would rather walk than wait for the tram.
mine|0|*|We would rather to walk than wait for the tram.
mine|1||Which lake did they swim across?
mine|0|*|Which lake did they swam across?
END
tr '|' '\t' > mine/in_domain_dev.tsv <<'END'
mine|1||The pigeons have been cooing all morning.
mine|0|*|The pigeons has been cooing all morning.
mine|1||Somebody in the queue had an umbrella.
mine|0|*|Somebody in the queue had a umbrella.
mine|1||My uncle bought himself an accordion.
END
tr '|' '\t' > mine/out_of_domain_dev.tsv <<'END'
mine|1||The colder it gets, the more firewood we burn.
mine|0|*|The colder it gets, more the firewood we burn.
mine|1||It is high time that they repainted the lighthouse.
mine|0|*|It is high time repainted they the lighthouse.
mine|0|*|Seldom the postman rings twice.
END
