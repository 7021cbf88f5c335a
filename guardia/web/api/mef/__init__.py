"""MEF 124 (LSO Sonata and Cantata): trouble tickets and incidents between a Buyer and us, the Seller."""
